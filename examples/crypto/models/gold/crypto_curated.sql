{{ config(
    materialized='incremental',
    unique_key='price_key',
    incremental_strategy='merge' if target.type == 'athena' else 'delete+insert',
    on_schema_change='append_new_columns',
    table_type='iceberg' if target.type == 'athena' else none,
    order_by='price_key' if target.type == 'clickhouse' else none
) }}

-- A row a coin and day with what analysts ask for. Windows look back further than the days that an incremental run writes.
with prices as (

    select
        *,
        min(price) over (
            partition by coin_id order by price_date rows between 1 preceding and 1 preceding
        ) as previous_price
    from {{ ref('crypto_stage') }}

),

returns as (

    select
        *,
        case when previous_price > 0 then price / previous_price - 1 end as daily_return
    from prices

),

measured as (

    select
        price_key,
        coin_id,
        symbol,
        name,
        price_date,
        {{ stored_timestamp('updated_at') }} as updated_at,
        price,
        market_cap,
        volume_24h,
        price - previous_price as price_change,
        daily_return as price_change_pct,
        avg(price) over (
            partition by coin_id order by price_date rows between 6 preceding and current row
        ) as moving_average_7d,
        avg(price) over (
            partition by coin_id order by price_date rows between 29 preceding and current row
        ) as moving_average_30d,
        stddev_samp(daily_return) over (
            partition by coin_id order by price_date rows between 29 preceding and current row
        ) as volatility_30d,
        price / max(price) over (
            partition by coin_id order by price_date rows between unbounded preceding and current row
        ) - 1 as drawdown,
        rank() over (partition by price_date order by coalesce(volume_24h, 0) desc, coin_id) as volume_rank
    from returns

)

select * from measured
{% if is_incremental() %}
where price_date > (
    select {{ dbt.dateadd('day', -1 * var('lookback_days'), 'max(price_date)') }} from {{ this }}
)
{% endif %}
