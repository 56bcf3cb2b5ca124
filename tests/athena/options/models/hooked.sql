{{ config(materialized='table', table_type='iceberg', pre_hook="select 1 as before", post_hook=["optimize {{ this.render_pure() }} rewrite data using bin_pack", "vacuum {{ this.render_pure() }}"]) }}
select id, name from {{ ref('days') }}
