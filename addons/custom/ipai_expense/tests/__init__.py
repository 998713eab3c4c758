from . import test_accounting
from . import test_approval
from . import test_expense
from . import test_http
from . import test_rules
