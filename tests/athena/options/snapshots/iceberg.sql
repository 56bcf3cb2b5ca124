{% snapshot snapshot_iceberg %}
  {{ config(target_schema=target.schema, unique_key='id', strategy='check', check_cols=['name', 'amount'], hard_deletes='invalidate', table_type='iceberg') }}
  select id, name, amount from {{ ref('days') }}
{% endsnapshot %}
