{#- `incremental` over a cluster: see distributed_table for the tables, strategies.sql for what the strategies do. -#}
{% materialization distributed_incremental, adapter='clickhouse' -%}
  {%- if run_query("SELECT value FROM system.settings WHERE name = 'insert_distributed_sync'")[0][0] != '1' -%}
    {%- do exceptions.raise_compiler_error('To use distributed materialization setting insert_distributed_sync should be set to 1') -%}
  {%- endif -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing_relation = load_cached_relation(this) -%}
  {%- if on_cluster_clause(target_relation).strip() == '' -%}
    {%- do exceptions.raise_compiler_error('To use distributed materializations cluster setting in dbt profile must be set') -%}
  {%- endif -%}
  {%- do validate_projections() -%}

  {%- set local_path = {
    'identifier': this.identifier ~ adapter.get_clickhouse_local_suffix(),
    'schema': adapter.get_clickhouse_local_db_prefix() ~ this.schema
  } -%}
  {%- set existing_local = load_cached_relation(this.incorporate(path=local_path)) -%}
  {%- set target_local = target_relation.incorporate(path=local_path) -%}

  {%- set given_key = config.get('unique_key') or none -%}
  {%- set several = given_key is iterable and given_key is not string and given_key is not mapping -%}
  {%- set unique_key = given_key | join(', ') if several else given_key -%}
  {%- set contracted = config.get('contract').enforced -%}
  {%- set full_refresh_mode = should_full_refresh() or existing_relation.is_view -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}

  {%- do create_schema(target_local) -%}
  {%- set old_kind = 'table' if existing_relation is none else existing_relation.type -%}
  {%- set intermediate_local = make_intermediate_relation(target_local) -%}
  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set backup_local = make_backup_relation(target_local, old_kind) -%}
  {%- set backup_relation = make_backup_relation(target_relation, old_kind) -%}
  {%- set shape_view = default__make_temp_relation(target_relation, '__dbt_view_tmp') -%}
  {%- set next_relation = clickhouse__make_temp_relation(target_relation, '__dbt_next') -%}
  {%- set leftovers = [load_cached_relation(intermediate_local), load_cached_relation(backup_local), shape_view, intermediate_relation] -%}
  {%- do leftovers.extend([load_cached_relation(next_relation), load_cached_relation(backup_relation)]) -%}
  {%- do clickhouse__drop_leftovers([], target_relation, ['__dbt_new_data_']) -%}
  {%- for leftover in leftovers -%}
    {%- do drop_relation_if_exists(leftover) -%}
  {%- endfor -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}
  {%- call statement('main') -%}
    {{ create_view_as(shape_view, sql) }}
  {%- endcall -%}

  {%- set swaps = false -%}
  {%- if existing_local is none -%}
    {#- Half a first build must not be taken for a table to add to. -#}
    {%- do drop_relation_if_exists(existing_relation) -%}
    {%- do create_distributed_local_table(intermediate_relation, intermediate_local, shape_view, sql, contracted) -%}
    {%- do adapter.drop_relation(intermediate_relation) -%}
    {%- do run_query(create_distributed_table(next_relation, target_local, intermediate_local)) -%}
    {%- do clickhouse__rename_at_once([(intermediate_local, target_local), (next_relation, target_relation)], target_relation) -%}

  {%- elif full_refresh_mode -%}
    {%- set swaps = true -%}
    {%- if existing_relation is none -%}
      {%- do run_query(create_distributed_table(target_relation, target_local)) -%}
    {%- endif -%}
    {%- do create_distributed_local_table(intermediate_relation, intermediate_local, shape_view, sql, contracted) -%}
    {%- do adapter.drop_relation(intermediate_relation) -%}

  {%- elif config.get('inserts_only') -%}
    {%- call statement('main') -%}
      {{ clickhouse__insert_into(target_relation, sql, contracted) }}
    {%- endcall -%}

  {%- else -%}
    {%- if existing_relation is none -%}
      {%- do run_query(create_distributed_table(target_relation, target_local)) -%}
      {%- set existing_relation = target_relation -%}
    {%- endif -%}
    {%- set strategy = adapter.calculate_incremental_strategy(config.get('incremental_strategy')) -%}
    {%- set predicates = config.get('predicates', []) or config.get('incremental_predicates', []) -%}
    {%- set partition_by = config.get('partition_by') -%}
    {%- do adapter.validate_incremental_strategy(strategy, predicates, unique_key, partition_by) -%}

    {%- set changes = none -%}
    {%- if on_schema_change != 'ignore' -%}
      {%- set changes = adapter.check_incremental_schema_changes(on_schema_change, existing_local, sql, query_settings=config.get('query_settings', {})) -%}
      {%- if changes and strategy != 'legacy' -%}
        {%- do clickhouse__apply_column_changes(changes, existing_relation, True) -%}
        {%- set existing_relation = load_cached_relation(this) -%}
      {%- endif -%}
    {%- endif -%}

    {%- if strategy == 'legacy' -%}
      {%- set swaps = true -%}
      {%- do clickhouse__incremental_legacy(existing_relation, intermediate_local, changes, unique_key, True) -%}
    {%- elif strategy == 'delete_insert' -%}
      {%- do clickhouse__incremental_delete_insert(existing_relation, unique_key, predicates, True) -%}
    {%- elif strategy == 'insert_overwrite' -%}
      {%- do clickhouse__incremental_insert_overwrite(existing_relation, partition_by, True) -%}
    {%- elif strategy == 'append' -%}
      {%- call statement('main') -%}
        {{ clickhouse__insert_into(target_relation, sql, contracted) }}
      {%- endcall -%}
    {%- endif -%}
  {%- endif -%}

  {#- The distributed table follows the columns of the local ones, so it is made anew too. -#}
  {%- if swaps -%}
    {%- do clickhouse__swap_distributed(target_relation, target_local, intermediate_local, backup_relation, backup_local, existing_local.can_exchange) -%}
  {%- endif -%}

  {%- set revokes = should_revoke(existing_relation, full_refresh_mode) -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=revokes) -%}
  {%- do apply_grants(target_local, config.get('grants'), should_revoke=revokes) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- if existing_relation is none or existing_relation.is_view or should_full_refresh() -%}
    {%- do create_indexes(target_relation) -%}
  {%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- if swaps -%}
    {%- do adapter.drop_relation(intermediate_local if existing_local.can_exchange else backup_local) -%}
  {%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}
