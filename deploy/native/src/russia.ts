/** Python for `odoo shell`: a company in Russia that counts in roubles. */

/**
 * Before any accounting: country, currency, language. Then `account`, which brings its generic
 * chart of accounts along (Odoo has none for Russia), and with that chart the country US and
 * the dollar: both are put right while there is no entry yet. The chart's 15 % taxes exist in
 * no Russian shop, so nothing may take them by default.
 */
export const RUSSIA = `
env['res.lang']._activate_lang('ru_RU')
rub = env.ref('base.RUB')
rub.active = True
russia = env.ref('base.ru')
env.company.write({'country_id': russia.id, 'currency_id': rub.id})
env.ref('base.user_admin').write({'lang': 'ru_RU', 'tz': 'Europe/Moscow'})
env.cr.commit()

env['ir.module.module'].search([('name', '=', 'account')]).button_immediate_install()
env.transaction.reset()
env = env(context={'lang': 'en_US'})
company = env['res.company'].browse(1)
russia, rub = env.ref('base.ru'), env.ref('base.RUB')
taxes = env['account.tax'].with_context(active_test=False).search([])
groups = env['account.tax.group'].search([])
company.write({
    'account_fiscal_country_id': russia.id,
    'currency_id': rub.id,
    'account_sale_tax_id': False,
    'account_purchase_tax_id': False,
})
taxes.write({'active': False, 'country_id': russia.id})
groups.write({'country_id': russia.id})
env.cr.commit()
env.invalidate_all()
assert company.currency_id == rub and company.account_fiscal_country_id == russia, 'not in Russia'
print('RUSSIA-OK')
`;

/** Asset bundles of the web client, so that the first page of a copy comes at once. */
export const WARM_UP = `
env['ir.qweb']._pregenerate_assets_bundles()
env.cr.commit()
print('WARM-OK')
`;
