{#- Seeds go over as CSV, a stream of it. There are no transactions: a seed that is loaded again is filled beside the old table, which it replaces
    only when all its rows are in. -#}

{% macro clickhouse__load_csv_rows(model, agate_table) -%}
  {#- One more argument names another table than the seed's own. -#}
  {%- set target = varargs[0] if varargs else this -%}
  {%- set is_there = not varargs and load_result('seed_in_place') is not none -%}
  {%- if not is_there and agate_table | length > 0 -%}
    {%- set insert_sql %}
      insert into {{ target.render() }} ({{ get_seed_column_quoted_csv(model, agate_table.column_names) }})
      {{ adapter.get_model_query_settings(model) }}
      format CSV
    {%- endset -%}
    {%- do adapter.insert_csv(insert_sql, agate_table) -%}
  {%- endif -%}
{%- endmacro %}


{% macro clickhouse__create_csv_table(model, agate_table) -%}
  {%- set target = varargs[0] if varargs else this -%}
  {%- set given_types = model['config'].get('column_types', {}) -%}
  {%- set quoting = model['config'].get('quote_columns', none) -%}
  {%- set definitions = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set data_type = given_types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- do definitions.append(adapter.quote_seed_column(name | string, quoting) ~ ' ' ~ data_type) -%}
  {%- endfor -%}
  {%- set ddl %}
    create table {{ target.render() }} {{ on_cluster_clause(target) }} ({{ definitions | join(', ') }})
    {{ engine_clause() }}
    {{ order_cols(label='order by') }}
    {{ partition_cols(label='partition by') }}
  {% endset -%}

  {%- call statement('_') -%}
    {{ ddl }}
  {%- endcall -%}
  {%- do return(ddl) -%}
{%- endmacro %}


{#- Without a full refresh the table keeps its definition. -#}
{% macro clickhouse__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {%- set staging_relation = make_intermediate_relation(old_relation) -%}
  {%- do adapter.drop_relation(staging_relation) -%}
  {%- if full_refresh -%}
    {%- set ddl = clickhouse__create_csv_table(model, agate_table, staging_relation) -%}
  {%- else -%}
    {%- set ddl -%}
    create table {{ staging_relation.render() }} {{ on_cluster_clause(staging_relation) }} as {{ old_relation.render() }}
    {%- endset -%}
    {%- do run_query(ddl) -%}
  {%- endif -%}
  {%- do clickhouse__load_csv_rows(model, agate_table, staging_relation) -%}
  {%- if old_relation.can_exchange -%}
    {%- do exchange_tables_atomic(staging_relation, old_relation) -%}
    {%- do adapter.drop_relation(staging_relation) -%}
  {%- else -%}
    {%- set backup_relation = make_backup_relation(old_relation, 'table') -%}
    {%- do adapter.drop_relation(backup_relation) -%}
    {%- do clickhouse__rename_at_once([(old_relation, backup_relation), (staging_relation, old_relation)], old_relation) -%}
    {%- do adapter.drop_relation(backup_relation) -%}
  {%- endif -%}
  {%- do store_result('seed_in_place', response='OK') -%}
  {%- do return(ddl) -%}
{%- endmacro %}
