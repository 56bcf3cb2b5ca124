{% snapshot latest_prices %}
{{ config(
    unique_key='coin_id',
    strategy='timestamp',
    updated_at='updated_at',
    table_type='iceberg' if target.type == 'athena' else none
) }}

select coin_id, symbol, price, {{ snapshot_timestamp('updated_at') }} as updated_at
from {{ ref('crypto_curated') }} as curated
where price_date = (select max(price_date) from {{ ref('crypto_curated') }})

{% endsnapshot %}
