from . import ipai_expense_reject
