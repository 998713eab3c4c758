{
    "name": "Shelf",
    "summary": "Things on shelves",
    "version": "19.0.1.0.0",
    "category": "Inventory",
    "author": "Example",
    "website": "https://example.com",
    "license": "LGPL-3",
    "depends": ["base"],
    "data": [
        "security/ir.model.access.csv",
        "views/shelf_views.xml",
    ],
}
