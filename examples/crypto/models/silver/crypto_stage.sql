-- One clean row a coin and day: typed, trimmed, 0 of an unknown amount turned into null, the last word of a day kept.
with typed as (

    select
        id as coin_id,
        upper(trim(symbol)) as symbol,
        trim(name) as name,
        price,
        nullif(market_cap, 0) as market_cap,
        nullif(volume_24h, 0) as volume_24h,
        {{ to_timestamp_utc('last_updated') }} as updated_at
    from {{ ref('crypto_raw') }}

),

valid as (

    select
        *,
        cast(updated_at as date) as price_date
    from typed
    where coin_id is not null
      and symbol is not null and symbol <> ''
      and name is not null and name <> ''
      and price > 0
      and updated_at is not null

),

ranked as (

    select
        *,
        row_number() over (partition by coin_id, price_date order by updated_at desc) as nth_of_day
    from valid

)

select
    {{ surrogate_key(['coin_id', 'price_date']) }} as price_key,
    coin_id,
    symbol,
    name,
    price,
    market_cap,
    volume_24h,
    updated_at,
    price_date
from ranked
where nth_of_day = 1
