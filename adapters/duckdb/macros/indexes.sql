{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
  {%- set index = adapter.parse_index(index_dict) -%}
  create {{ 'unique ' if index.unique }}index
  "{{ index.render(relation) }}"
  on {{ relation }}
  ({{ index.columns | join(', ') }});
{%- endmacro %}


{#- A table with indexes cannot be renamed. Opens no transaction, so that it may also run after the commit. -#}
{% macro drop_indexes_on_relation(relation) -%}
  {%- call statement('get_indexes_on_relation', fetch_result=True, auto_begin=False) %}
    SELECT index_name
    FROM duckdb_indexes()
    WHERE database_name = '{{ relation.database }}'
      AND schema_name = '{{ relation.schema }}'
      AND table_name = '{{ relation.identifier }}'
  {% endcall -%}
  {%- set indexes = load_result('get_indexes_on_relation').table -%}
  {%- for row in indexes -%}
    {%- call statement('drop_index_' ~ loop.index, auto_begin=False) %}
      DROP INDEX "{{ relation.database }}"."{{ relation.schema }}"."{{ row[0] }}"
    {% endcall -%}
  {%- endfor -%}
  {%- do return(indexes | length) -%}
{%- endmacro %}


{#- Makes way for the table that replaces `relation`, within the transaction. One that had indexes is dropped rather than renamed:
    while a renamed table's indexes are still seen by older transactions, every question about indexes fails in those ("Table with
    name … does not exist"), and so would models that are built at the same time. -#}
{% macro duckdb__set_aside(relation, backup_relation) -%}
  {%- set had_indexes = drop_indexes_on_relation(relation) -%}
  {%- set dependents = [] -%}
  {%- if relation.is_table and may_be_foreign_key_target(relation) -%}
    {%- set dependents = drop_foreign_key_dependents(relation) -%}
  {%- endif -%}
  {%- if had_indexes -%}
    {%- do adapter.ensure_transaction() -%}
    {%- do adapter.drop_relation(relation) -%}
  {%- else -%}
    {%- do adapter.rename_relation(relation, backup_relation) -%}
  {%- endif -%}
  {%- do return(dependents) -%}
{%- endmacro %}
