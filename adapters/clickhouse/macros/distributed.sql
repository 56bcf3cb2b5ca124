{#- Distributed tables: one that spans the cluster, and behind it on every shard a local one with the rows. -#}

{#- One more argument names the relation whose columns it has, if not the local one's. -#}
{% macro create_distributed_table(relation, local_relation) -%}
  {%- set like_relation = varargs[0] if varargs else local_relation -%}
  {%- set cluster = adapter.get_clickhouse_cluster_name() -%}
  {%- if cluster is none -%}
    {%- do exceptions.raise_compiler_error('Cluster name should be defined for using distributed materializations, current is None') -%}
  {%- endif -%}
  {%- set sharding = config.get('sharding_key') -%}
    create or replace table {{ relation }} {{ on_cluster_clause(relation) }} as {{ like_relation }}
    ENGINE = Distributed('{{ cluster[1:-1] }}', '{{ local_relation.schema }}', '{{ local_relation.name }}', {{ sharding if sharding is not none and sharding.strip() else 'rand()' }})
{%- endmacro %}


{#- With the columns of the query, if one is given, else of the source relation. -#}
{% macro create_empty_table_from_relation(relation, source_relation, sql=none) -%}
  {%- set header = config.get('sql_header', none) -%}
  {%- set columns = adapter.get_column_schema_from_query(sql, query_settings=config.get('query_settings', {})) if sql
                    else adapter.get_columns_in_relation(source_relation) -%}
  {%- set definitions = [] -%}
  {%- for column in columns -%}
    {%- do definitions.append(column.name ~ ' ' ~ column.data_type) -%}
  {%- endfor -%}
  {%- for projection in config.get('projections') or [] -%}
    {%- do definitions.append(clickhouse_projection_ddl(projection)) -%}
  {%- endfor -%}
  {{ header if header is not none }}

  create table {{ relation.include(database=False) }}
  {{ on_cluster_clause(relation) }} (
      {{ definitions | join(', ') }}
  )
  {{ engine_clause() }}
  {{ order_cols(label="order by") }}
  {{ primary_key_clause(label="primary key") }}
  {{ partition_cols(label="partition by") }}
  {{ ttl_config(label="ttl") }}
  {{ adapter.get_model_settings(model, config.get('engine', default='MergeTree')) }}
{%- endmacro %}


{#- Makes both anew, and fills them if a query is given. -#}
{% macro create_distributed_local_table(distributed_relation, shard_relation, structure_relation, sql_query=none, has_contract=false) -%}
  {%- do drop_relation_if_exists(shard_relation) -%}
  {%- do drop_relation_if_exists(distributed_relation) -%}
  {%- do create_schema(shard_relation) -%}
  {%- do run_query(create_empty_table_from_relation(shard_relation, structure_relation, sql_query)) -%}
  {%- do run_query(create_distributed_table(distributed_relation, shard_relation)) -%}
  {%- if sql_query is not none -%}
    {%- do run_query(clickhouse__insert_into(distributed_relation, sql_query, has_contract)) -%}
  {%- endif -%}
{%- endmacro %}


{#- Puts new local tables, which are filled, in the place of the old ones, and with them a distributed table that has their columns: all
    four in one statement, since each is of no use without the other. Afterwards the old ones have the new ones' names, or, where tables
    cannot be exchanged, the backup's. -#}
{% macro clickhouse__swap_distributed(target_relation, target_local, new_local, backup_relation, backup_local, exchanges) -%}
  {%- set next_relation = clickhouse__make_temp_relation(target_relation, '__dbt_next') -%}
  {%- do run_query(create_distributed_table(next_relation, target_local, new_local)) -%}
  {%- if exchanges -%}
    {%- do clickhouse__sync_replicas(new_local, 'exchange_table_sync_replica') -%}
    {%- call statement('exchange_tables_atomic') -%}
      EXCHANGE TABLES {{ new_local }} AND {{ target_local }}, {{ next_relation }} AND {{ target_relation }} {{ on_cluster_clause(target_relation) }}
    {%- endcall -%}
    {%- do adapter.drop_relation(next_relation) -%}
  {%- else -%}
    {%- do clickhouse__rename_at_once([
      (target_local, backup_local), (new_local, target_local), (target_relation, backup_relation), (next_relation, target_relation)
    ], target_relation) -%}
    {%- do adapter.drop_relation(backup_relation) -%}
  {%- endif -%}
{%- endmacro %}
