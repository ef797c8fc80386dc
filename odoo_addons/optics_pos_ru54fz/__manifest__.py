{
    "name": "Point of Sale: Russian fiscal registers (54-FZ)",
    "version": "19.0.0.1.0",
    "category": "Sales/Point of Sale",
    "summary": "Tills, fiscal receipts and VAT codes of 54-FZ for the Point of Sale",
    "author": "OpticsERP",
    "license": "LGPL-3",
    "depends": ["point_of_sale"],
    "data": [
        "security/kkt_groups.xml",
        "security/ir.model.access.csv",
        "security/kkt_rules.xml",
        "data/kkt_worker.xml",
        "data/ir_cron.xml",
        "views/kkt_receipt_templates.xml",
        "views/kkt_receipt_views.xml",
        "views/kkt_browser_views.xml",
        "views/kkt_event_views.xml",
        "views/kkt_till_views.xml",
        "views/pos_order_views.xml",
        "views/pos_config_views.xml",
        "views/pos_payment_method_views.xml",
        "views/account_tax_views.xml",
        "views/product_template_views.xml",
        "views/menus.xml",
    ],
    # static/src is compiled from pos_ui/ and is no part of the repository.
    "assets": {
        "point_of_sale._assets_pos": [
            "optics_pos_ru54fz/static/src/**/*",
        ],
        "web.assets_unit_tests": [
            "optics_pos_ru54fz/static/tests/unit/**/*",
        ],
        "web.assets_tests": [
            "optics_pos_ru54fz/static/tests/tours/**/*",
        ],
    },
    "post_init_hook": "post_init_hook",
    "installable": True,
}
