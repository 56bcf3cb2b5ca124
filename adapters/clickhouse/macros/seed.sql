{#- Seeds go over as CSV. -#}

{% macro clickhouse__load_csv_rows(model, agate_table) -%}
  {%- set data = adapter.get_csv_data(agate_table) -%}
  {%- if data -%}
    {%- set insert_sql -%}
      insert into {{ this.render() }} ({{ get_seed_column_quoted_csv(model, agate_table.column_names) }})
      {{ adapter.get_model_query_settings(model) }}
      format CSV
      {{ data }}
    {%- endset -%}
    {%- do adapter.add_query(insert_sql, bindings=agate_table, abridge_sql_log=True) -%}
  {%- endif -%}
{%- endmacro %}


{% macro clickhouse__create_csv_table(model, agate_table) -%}
  {%- set given_types = model['config'].get('column_types', {}) -%}
  {%- set quoting = model['config'].get('quote_columns', none) -%}
  {%- set definitions = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set data_type = given_types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- do definitions.append(adapter.quote_seed_column(name | string, quoting) ~ ' ' ~ data_type) -%}
  {%- endfor -%}
  {%- set ddl %}
    create table {{ this.render() }} {{ on_cluster_clause(this) }} ({{ definitions | join(', ') }})
    {{ engine_clause() }}
    {{ order_cols(label='order by') }}
    {{ partition_cols(label='partition by') }}
  {% endset -%}

  {%- call statement('_') -%}
    {{ ddl }}
  {%- endcall -%}
  {%- do return(ddl) -%}
{%- endmacro %}
