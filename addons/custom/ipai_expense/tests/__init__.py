from . import (
    test_access,
    test_accounting,
    test_approval,
    test_expense,
    test_guards,
    test_http,
    test_settings,
)
