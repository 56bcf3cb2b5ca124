{#- The steps of loading a seed. Those that run something answer the SQL of it, which is shown as the seed's. -#}

{% macro create_csv_table(model, agate_table) -%}
  {{ adapter.dispatch('create_csv_table', 'dbt')(model, agate_table) }}
{%- endmacro %}

{% macro default__create_csv_table(model, agate_table) -%}
  {%- set given_types = model['config'].get('column_types', {}) -%}
  {%- set quoting = model['config'].get('quote_columns', none) -%}
  {%- set definitions = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set data_type = given_types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- do definitions.append(adapter.quote_seed_column(name | string, quoting) ~ ' ' ~ data_type) -%}
  {%- endfor -%}
  {%- set ddl %}
    create table {{ this.render() }} ({{ definitions | join(',') }})
  {% endset -%}

  {%- call statement('_') -%}
    {{ ddl }}
  {%- endcall -%}
  {%- do return(ddl) -%}
{%- endmacro %}


{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {{ adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table) }}
{%- endmacro %}

{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {%- if full_refresh -%}
    {#- A statement that begins the transaction which fills the new table: the old one comes back where that fails. -#}
    {%- call statement('begin') -%}
      select 1
    {%- endcall -%}
    {%- do adapter.drop_relation(old_relation) -%}
    {%- do return(create_csv_table(model, agate_table)) -%}
  {%- endif -%}
  {%- do adapter.truncate_relation(old_relation) -%}
  {%- do return('truncate table ' ~ old_relation.render()) -%}
{%- endmacro %}


{% macro get_csv_sql(create_or_truncate_sql, insert_sql) %}
    {{ adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql) }}
{% endmacro %}

{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) %}
    {{ create_or_truncate_sql }};
    -- dbt seed --
    {{ insert_sql }}
{% endmacro %}


{% macro get_binding_char() -%}
  {{ adapter.dispatch('get_binding_char', 'dbt')() }}
{%- endmacro %}

{% macro default__get_binding_char() -%}
  {%- do return('%s') -%}
{%- endmacro %}


{% macro get_batch_size() -%}
  {%- do return(adapter.dispatch('get_batch_size', 'dbt')()) -%}
{%- endmacro %}

{% macro default__get_batch_size() -%}
  {%- do return(10000) -%}
{%- endmacro %}


{% macro get_seed_column_quoted_csv(model, column_names) -%}
  {%- set quoting = model['config'].get('quote_columns', none) -%}
  {%- set quoted = [] -%}
  {%- for name in column_names -%}
    {%- do quoted.append(adapter.quote_seed_column(name, quoting)) -%}
  {%- endfor -%}
  {%- do return(quoted | join(', ')) -%}
{%- endmacro %}


{% macro load_csv_rows(model, agate_table) -%}
  {{ adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table) }}
{%- endmacro %}

{#- Values travel as bindings, a batch of rows a statement; the first statement is the one shown. -#}
{% macro default__load_csv_rows(model, agate_table) -%}
  {%- set columns = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
  {%- set markers = [get_binding_char()] * (agate_table.column_names | length) -%}
  {%- set row_sql = '(' ~ markers | join(',') ~ ')' -%}
  {%- set statements = [] -%}

  {%- for batch_rows in agate_table.rows | batch(get_batch_size()) -%}
    {%- set bindings = [] -%}
    {%- for row in batch_rows -%}
      {%- do bindings.extend(row) -%}
    {%- endfor -%}
    {%- set insert_sql %}
          insert into {{ this.render() }} ({{ columns }}) values
          {{ ([row_sql] * (batch_rows | length)) | join(',') }}
      {% endset -%}
    {%- do adapter.add_query(insert_sql, bindings=bindings, abridge_sql_log=True) -%}
    {%- do statements.append(insert_sql) if loop.first -%}
  {%- endfor -%}

  {%- do return(statements[0]) -%}
{%- endmacro %}
