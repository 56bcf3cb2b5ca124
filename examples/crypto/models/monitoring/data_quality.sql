-- How good each layer is, as a share of rows that pass its rules.
{{ data_quality_check(ref('crypto_raw'), {
    'price is positive': 'price > 0',
    'market cap is known': 'market_cap > 0',
    'volume is known': 'volume_24h > 0',
    'coin is named': "symbol is not null and symbol <> '' and name is not null and name <> ''"
}) }}
union all
{{ data_quality_check(ref('crypto_stage'), {
    'market cap is known': 'market_cap is not null',
    'volume is known': 'volume_24h is not null'
}) }}
union all
{{ data_quality_check(ref('crypto_curated'), {
    'has a change': 'price_change is not null',
    'has a volatility': 'volatility_30d is not null',
    'drawdown is sane': 'drawdown between -1 and 0'
}) }}
