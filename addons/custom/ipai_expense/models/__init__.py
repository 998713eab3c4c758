from . import res_company
from . import res_config_settings
from . import ipai_expense_category
from . import ipai_expense
