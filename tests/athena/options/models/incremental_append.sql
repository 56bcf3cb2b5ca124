{{ config(materialized='incremental', incremental_strategy='append', table_type='iceberg') }}
select id, name, {{ var('round') }} as round from {{ ref('days') }}{% if is_incremental() %} where id > (select max(id) from {{ this }}){% endif %}
