{#- How incremental models change a table. All of them load the query's rows into a table of their own first; of a distributed
    table, one that spans the shards, while deleting and replacing happens to the tables behind it. -#}

{#- Old rows whose key is not among the new ones, and then the new ones, into a table that is to be swapped in. -#}
{% macro clickhouse__incremental_legacy(existing_relation, intermediate_relation, column_changes, unique_key, is_distributed=False) -%}
  {%- set new_rows = existing_relation.incorporate(path={'identifier': existing_relation.identifier ~ '__dbt_new_data'}) -%}
  {%- do drop_relation_if_exists(new_rows) -%}

  {%- if is_distributed -%}
    {%- if column_changes -%}
      {%- do exceptions.raise_compiler_error('Schema changes not supported with Distributed tables ') -%}
    {%- endif -%}
    {%- set read_from = existing_relation.incorporate(path={'identifier': existing_relation.identifier ~ '__dbt_distributed_new_data'}) -%}
    {%- set write_to = make_intermediate_relation(existing_relation) -%}
    {%- do create_distributed_local_table(read_from, new_rows, existing_relation, sql) -%}
    {%- do create_distributed_local_table(write_to, intermediate_relation, existing_relation) -%}
  {%- else -%}
    {%- set read_from = new_rows -%}
    {%- set write_to = intermediate_relation -%}
    {%- call statement('create_new_data_temp') -%}
      {{ get_create_table_as_sql(False, new_rows, sql) }}
    {%- endcall -%}
    {%- call statement('main') -%}
      create table {{ intermediate_relation }} {{ on_cluster_clause(existing_relation) }} as {{ new_rows }}
    {%- endcall -%}
  {%- endif -%}

  {%- set dropped = (column_changes.columns_to_drop if column_changes else []) | map(attribute='name') | list -%}
  {%- set columns = adapter.get_columns_in_relation(existing_relation) | rejectattr('name', 'in', dropped) | map(attribute='quoted') | join(', ') -%}
  {%- call statement('insert_existing_data') -%}
        insert into {{ write_to }} ({{ columns }})
        select {{ columns }}
        from {{ existing_relation }}
          where ({{ unique_key }}) not in (
            select {{ unique_key }}
            from {{ read_from }}
          )
       {{ adapter.get_model_query_settings(model) }}
  {%- endcall -%}

  {%- if column_changes -%}
    {%- set columns = adapter.get_columns_in_relation(new_rows) | map(attribute='quoted') | join(', ') -%}
  {%- endif -%}
  {%- call statement('insert_new_data') -%}
     insert into {{ write_to }} ({{ columns }})
        select {{ columns }}
        from {{ read_from }}
      {{ adapter.get_model_query_settings(model) }}
  {%- endcall -%}

  {%- do adapter.drop_relation(new_rows) -%}
  {%- if is_distributed -%}
    {%- do drop_relation_if_exists(read_from) -%}
    {%- do drop_relation_if_exists(write_to) -%}
  {%- endif -%}
{%- endmacro %}


{#- One more argument names the relation that is changed in the existing one's place. -#}
{% macro clickhouse__incremental_delete_insert(existing_relation, unique_key, incremental_predicates, is_distributed=False) -%}
  {%- set new_rows = existing_relation.incorporate(path={'identifier': existing_relation.identifier ~ '__dbt_new_data_' ~ invocation_id.replace('-', '_')}) -%}
  {%- do drop_relation_if_exists(new_rows) -%}
  {%- set spanning = existing_relation.incorporate(path={'identifier': existing_relation.identifier ~ '__dbt_distributed_new_data'}) -%}
  {%- set read_from = spanning if is_distributed else new_rows -%}

  {%- if is_distributed -%}
    {%- do create_distributed_local_table(spanning, new_rows, existing_relation, sql) -%}
    {%- set delete_from = existing_relation.incorporate(path={
      'identifier': this.identifier ~ adapter.get_clickhouse_local_suffix(),
      'schema': adapter.get_clickhouse_local_db_prefix() ~ this.schema
    }) ~ ' ' ~ on_cluster_clause(existing_relation) -%}
  {%- else -%}
    {%- set delete_from = varargs[0] if varargs else existing_relation -%}
    {%- call statement('main') -%}
      {{ get_create_table_as_sql(False, new_rows, sql) }}
    {%- endcall -%}
    {#- Each replica deletes by what it has of the new rows itself. -#}
    {%- do clickhouse__sync_replicas(new_rows, 'new_data_sync_replica') -%}
  {%- endif -%}

  {%- call statement('delete_existing_data') %}
      {#- The replica that deletes may not have the new rows yet; with this it waits for them. -#}
      {%- set snapshot_setting = ' settings select_sequential_consistency = 1' if target.database_engine == 'Shared' else '' %}
            delete from {{ delete_from }} where ({{ unique_key }}) in (select {{ unique_key }}
                                          from {{ read_from }}{{ snapshot_setting }})
      {%- for predicate in incremental_predicates or [] %}
            and {{ predicate }}
      {%- endfor %}
      {{ adapter.get_model_query_settings(model) }}
  {% endcall -%}

  {%- set insert_into = varargs[0] if varargs else existing_relation -%}
  {%- set columns = adapter.get_columns_in_relation(insert_into) | map(attribute='quoted') | join(', ') -%}
  {%- call statement('insert_new_data') -%}
        insert into {{ insert_into }} select {{ columns }} from {{ read_from }} {{ adapter.get_model_query_settings(model) }}
  {%- endcall -%}
  {%- do adapter.drop_relation(new_rows) -%}
  {%- do drop_relation_if_exists(spanning) -%}
{%- endmacro %}


{#- The partitions that the new rows fall into are replaced whole. They are asked of all shards: one that got no rows of a partition
    has to lose its old ones. -#}
{% macro clickhouse__incremental_insert_overwrite(existing_relation, partition_by, is_distributed=False) -%}
  {%- set new_rows = existing_relation.incorporate(path={'identifier': existing_relation.identifier ~ '__dbt_new_data_' ~ invocation_id.replace('-', '_')}) -%}
  {%- do drop_relation_if_exists(new_rows) -%}
  {%- set spanning = existing_relation.incorporate(path={'identifier': existing_relation.identifier ~ '__dbt_distributed_new_data'}) -%}

  {%- if is_distributed -%}
    {%- do create_distributed_local_table(spanning, new_rows, existing_relation, sql) -%}
    {%- set parts = 'cluster(' ~ adapter.get_clickhouse_cluster_name() ~ ', system.parts)' -%}
    {%- set replace_in = existing_relation.incorporate(path={
      'identifier': this.identifier ~ adapter.get_clickhouse_local_suffix(),
      'schema': adapter.get_clickhouse_local_db_prefix() ~ this.schema
    }) ~ ' ' ~ on_cluster_clause(existing_relation) -%}
  {%- else -%}
    {%- set parts = 'system.parts' -%}
    {%- set replace_in = varargs[0] if varargs else existing_relation -%}
    {%- call statement('main') -%}
      {{ get_create_table_as_sql(False, new_rows, sql) }}
    {%- endcall -%}
  {%- endif -%}

  {%- set partitions = [] -%}
  {%- if execute -%}
    {%- set query %}
          SELECT DISTINCT partition_id
          FROM {{ parts }}
          WHERE active
            AND database = '{{ new_rows.schema }}'
            AND table = '{{ new_rows.identifier }}'
    {% endset -%}
    {%- set partitions = run_query(query).rows -%}
  {%- endif -%}

  {%- if partitions -%}
    {%- call statement('replace_partitions') %}
                alter table {{ replace_in }}
            {%- for partition in partitions %}
                replace partition id '{{ partition['partition_id'] }}'
                from {{ new_rows }}{{ ', ' if not loop.last }}
            {%- endfor %}
            {#- From 26.6 on this has to be allowed; before, the setting is not known. -#}
            {%- if adapter.is_at_or_after_version('26.6') %}
                settings allow_replace_partition_from_empty_source = 1
            {%- endif %}
    {% endcall -%}
  {%- endif -%}

  {%- do adapter.drop_relation(spanning) -%}
  {%- do adapter.drop_relation(new_rows) -%}
{%- endmacro %}
