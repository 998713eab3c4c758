from . import ipai_expense, ipai_expense_category, res_company, res_config_settings
