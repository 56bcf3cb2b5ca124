{#- CREATE TABLE in two steps, the empty table and then its rows, and the clauses that the config adds. -#}

{#- Runs the first step itself and answers the SQL of the second. -#}
{% macro clickhouse__create_table_as(temporary, relation, sql) -%}
    {%- set contracted = config.get('contract').enforced -%}
    {%- do clickhouse__create_empty_table(temporary, relation, sql, contracted) -%}
    {{ clickhouse__insert_into(relation, sql, contracted) if not temporary }}
{%- endmacro %}


{% macro clickhouse__create_empty_table(temporary, relation, sql, has_contract, statement_name='create_table_empty') -%}
  {%- call statement(statement_name) -%}
    {{ create_table_or_empty(temporary, relation, sql, has_contract) }}
  {%- endcall -%}
  {%- if not temporary -%}
    {%- do add_index_and_projections(relation) -%}
  {%- endif -%}
{%- endmacro %}


{#- A temporary table gets its rows at once. -#}
{% macro create_table_or_empty(temporary, relation, sql, has_contract) -%}
    {%- set header = config.get('sql_header', none) -%}
    {{ header if header is not none }}
    {%- if temporary %}
        create temporary table {{ relation.identifier }}
        engine Memory
        {{ adapter.get_model_settings(model, 'Memory') }}
        as (
          {{ sql }}
        )
    {%- else %}
        create table {{ relation }}
        {{ on_cluster_clause(relation) }}
        {%- if has_contract %}
        {{ get_assert_columns_equivalent(sql) }}
        {{ get_table_columns_and_constraints() }}
        {%- endif %}
        {{ engine_clause() }}
        {{ order_cols(label="order by") }}
        {{ primary_key_clause(label="primary key") }}
        {{ partition_cols(label="partition by") }}
        {{ ttl_config(label="ttl") }}
        {{ adapter.get_model_settings(model, config.get('engine', default='MergeTree')) }}
        {%- if not has_contract %}
        empty
        as (
          {{ sql }}
        )
        {%- endif %}
        {{ adapter.get_model_query_settings(model) }}
    {%- endif %}
{%- endmacro %}


{#- The columns are the table's, or the query's own. Under a contract the query is wrapped, which puts them in order. One more argument,
    `settings`, is settings for this statement alone. -#}
{% macro clickhouse__insert_into(target_relation, sql, has_contract, use_columns_from_sql=False) -%}
  {%- set names = [] -%}
  {%- if use_columns_from_sql -%}
    {%- for name in clickhouse__get_columns_in_query(sql) -%}
      {%- do names.append(adapter.quote(name)) -%}
    {%- endfor -%}
  {%- else -%}
    {%- do names.extend(adapter.get_columns_in_relation(target_relation) | map(attribute='quoted')) -%}
  {%- endif -%}
  {%- set columns = names | join(', ') -%}
  insert into {{ target_relation }}
        ({{ columns }})
  {%- if has_contract %}
          SELECT {{ columns }}
          FROM (
            {{ sql }}
            )
  {%- else %}
      {{ sql }}
  {%- endif %}
  {{ adapter.get_model_query_settings(model) }}
  {%- if kwargs.get('settings') %}
    {{ ',' if adapter.get_model_query_settings(model) else 'settings' }} {{ kwargs['settings'] }}
  {%- endif %}
{%- endmacro %}


{#- In place of a view that stands. -#}
{% macro clickhouse__create_view_as(relation, sql) -%}
  {%- set header = config.get('sql_header', none) -%}
  {{ header if header is not none }}

  create or replace view {{ relation.include(database=False) }} {{ on_cluster_clause(relation) }}
    {{ get_sql_security_clause(relation) }}
    {{ get_assert_columns_equivalent(sql) if config.get('contract').enforced }}
  as (
    {{ sql }}
    {{ adapter.get_model_query_settings(model) }}
  )
  {{ adapter.get_model_settings(model, config.get('engine', default='MergeTree')) if model.get('config').get('materialized') == 'view' }}
{%- endmacro %}


{% macro get_sql_security_clause(relation) -%}
  {%- set security = config.get('sql_security') -%}
  {%- if security == 'invoker' -%}
    SQL SECURITY INVOKER
  {%- elif security == 'definer' -%}
    {%- set definer = config.require('definer') -%}
    {%- if not definer -%}
      {%- do exceptions.raise_compiler_error("Invalid config parameter `definer`. No value was provided.") -%}
    {%- endif -%}
    DEFINER = {{ definer }} SQL SECURITY DEFINER
  {%- elif security -%}
    {%- do exceptions.raise_compiler_error("Invalid config parameter `sql_security`. Got: `" ~ security ~ "`, but only definer | invoker allowed.") -%}
  {%- endif -%}
{%- endmacro %}


{% macro engine_clause() -%}
  engine = {{ config.get('engine', default='MergeTree()') }}
{%- endmacro %}


{% macro partition_cols(label) -%}
  {%- set columns = config.get('partition_by') -%}
  {%- if columns is not none -%}
    {{ label }} ({{ columns if columns is string else columns | join(',') }})
  {%- endif -%}
{%- endmacro %}


{#- Several columns stand in parentheses; an empty key counts as none. -#}
{% macro primary_key_clause(label) -%}
  {%- set key = config.get('primary_key') -%}
  {%- if key is not none and key | length > 0 -%}
    {%- set several = key is iterable and key is not string and key is not mapping -%}
    {{ label }} {{ '(' ~ key | join(', ') ~ ')' if several else key }}
  {%- endif -%}
{%- endmacro %}


{#- Only some engines are ordered, and these have to be: an empty tuple leaves them unordered. -#}
{% macro order_cols(label) -%}
  {%- set columns = config.get('order_by') -%}
  {%- set engine = config.get('engine', default='MergeTree()') -%}
  {%- if 'MergeTree' in engine or engine in ('HDFS', 'MaterializedPostgreSQL', 'S3', 'EmbeddedRocksDB', 'Hive') -%}
    {%- set expression = 'tuple()' if columns is none else (columns if columns is string else columns | join(',')) -%}
    {{ label }} ({{ expression }})
  {%- endif -%}
{%- endmacro %}


{% macro ttl_config(label) -%}
  {{ label ~ ' ' ~ config.get('ttl') if config.get('ttl') }}
{%- endmacro %}


{% macro codec_clause(codec_name) -%}
  {{ 'CODEC(' ~ codec_name ~ ')' if codec_name }}
{%- endmacro %}
