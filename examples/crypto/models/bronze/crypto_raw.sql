-- As the producer wrote it; nothing is judged here.
select
    id,
    symbol,
    name,
    price,
    market_cap,
    volume_24h,
    last_updated
from {{ price_feed() }}
