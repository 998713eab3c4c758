"""What employees do with their expenses all day."""

import random

from qgate.performance import OdooUser, operation

MODEL = "ipai.expense"
WORDS = ("taxi", "train", "hotel", "dinner", "screen", "parking")


class ExpenseUser(OdooUser):
    """Looks through expenses, hands new ones in, searches, and reads figures."""

    @operation("List Load", weight=4)
    def browse(self):
        """Open the list, as the menu does."""
        self.web_search_read(MODEL)

    @operation("Create Record", weight=3)
    def hand_in(self):
        """Fill in a new expense and save it."""
        values = self.onchange(MODEL)
        categories = self.call_kw(
            "ipai.expense.category", "name_search", ["", []], operation="Pick Category"
        )
        self.web_save(
            MODEL,
            {
                "description": f"Under load, {random.choice(WORDS)}",
                "employee_id": values["employee_id"]["id"],
                "category_id": random.choice(categories)[0],
                "amount": random.randint(5, 900),
                "date": values["date"],
            },
        )

    @operation("Search", weight=2)
    def search(self):
        """Type a word into the search bar."""
        word = random.choice(WORDS)
        self.web_search_read(
            MODEL, ["|", ("name", "ilike", word), ("description", "ilike", word)]
        )

    @operation("Report", weight=1)
    def report(self):
        """Look at the expenses of each month and category, as the graph shows them."""
        self.read_group(
            MODEL, [], ["date:month", "category_id"], ["__count", "company_amount:sum"]
        )
