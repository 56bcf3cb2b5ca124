{{ config(materialized='incremental', incremental_strategy='insert_overwrite', partitioned_by=['day'], unique_tmp_table_suffix=true) }}
select id, name, amount, day from {{ ref('days') }}
