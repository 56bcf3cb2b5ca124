-- The months in which each coin stood deepest below its highest price.
select
    symbol,
    {{ dbt.date_trunc('month', 'price_date') }} as month_start,
    min(drawdown) as deepest_drawdown
from {{ ref('crypto_curated') }}
group by 1, 2
order by 3
limit 20
