{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
  {%- set index = adapter.parse_index(index_dict) -%}
  create {{ 'unique ' if index.unique }}index
  "{{ index.render(relation) }}"
  on {{ relation }}
  ({{ index.columns | join(', ') }});
{%- endmacro %}


{#- A table with indexes cannot be renamed. Opens no transaction, so that it may also run after the commit.
    The result 'dropped_indexes' tells which there were. -#}
{% macro drop_indexes_on_relation(relation) -%}
  {%- call statement('get_indexes_on_relation', fetch_result=True, auto_begin=False) %}
    SELECT index_name
    FROM duckdb_indexes()
    WHERE database_name = '{{ relation.database }}'
      AND schema_name = '{{ relation.schema }}'
      AND table_name = '{{ relation.identifier }}'
  {% endcall -%}
  {%- set indexes = load_result('get_indexes_on_relation').table -%}
  {%- do store_result('dropped_indexes', response=none, agate_table=indexes) -%}
  {%- for row in indexes -%}
    {%- call statement('drop_index_' ~ loop.index, auto_begin=False) %}
      DROP INDEX "{{ relation.database }}"."{{ relation.schema }}"."{{ row[0] }}"
    {% endcall -%}
  {%- endfor -%}
{%- endmacro %}
