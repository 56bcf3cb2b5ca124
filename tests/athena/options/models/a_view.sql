{{ config(materialized='view') }}
select id, name, {{ dbt.current_timestamp() }} as seen from {{ ref('hive_table') }}
