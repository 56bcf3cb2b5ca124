{#- Without a unique key (or with `inserts_only`) rows are only added. With one, the strategy decides: `delete_insert` deletes the
    rows of the same keys, `legacy` puts a new table together, `insert_overwrite` replaces partitions, `microbatch` is
    `delete_insert` for a span of time. -#}
{% materialization incremental, adapter='clickhouse' -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing_relation = load_cached_relation(this) -%}

  {%- set given_key = config.get('unique_key') or none -%}
  {%- set several = given_key is iterable and given_key is not string and given_key is not mapping -%}
  {%- set unique_key = given_key | join(', ') if several else given_key -%}
  {%- set contracted = config.get('contract').enforced -%}
  {%- set full_refresh_mode = should_full_refresh() or existing_relation.is_view -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}

  {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
  {%- set backup_relation = make_backup_relation(target_relation, 'table' if existing_relation is none else existing_relation.type) -%}
  {%- set leftovers = [load_cached_relation(intermediate_relation), load_cached_relation(backup_relation)] -%}
  {%- for leftover in leftovers -%}
    {%- do drop_relation_if_exists(leftover) -%}
  {%- endfor -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}
  {%- set swaps = false -%}

  {%- if existing_relation is none -%}
    {%- call statement('main') -%}
      {{ get_create_table_as_sql(False, target_relation, sql) }}
    {%- endcall -%}

  {%- elif full_refresh_mode -%}
    {%- set swaps = true -%}
    {%- call statement('main') -%}
      {{ get_create_table_as_sql(False, intermediate_relation, sql) }}
    {%- endcall -%}

  {%- elif config.get('inserts_only') or (unique_key is none and config.get('incremental_strategy', none) != 'insert_overwrite') -%}
    {%- call statement('main') -%}
      {{ clickhouse__insert_into(target_relation, sql, contracted) }}
    {%- endcall -%}

  {%- else -%}
    {%- set strategy = adapter.calculate_incremental_strategy(config.get('incremental_strategy')) -%}
    {%- set predicates = config.get('predicates', []) or config.get('incremental_predicates', []) -%}
    {%- set partition_by = config.get('partition_by') -%}
    {%- do adapter.validate_incremental_strategy(strategy, predicates, unique_key, partition_by) -%}

    {%- set changes = none -%}
    {%- if on_schema_change != 'ignore' -%}
      {%- set changes = adapter.check_incremental_schema_changes(on_schema_change, existing_relation, sql, query_settings=config.get('query_settings', {})) -%}
      {%- if changes and strategy != 'legacy' -%}
        {%- do clickhouse__apply_column_changes(changes, existing_relation) -%}
        {%- set existing_relation = load_cached_relation(this) -%}
      {%- endif -%}
    {%- endif -%}

    {%- if strategy == 'legacy' -%}
      {%- set swaps = true -%}
      {%- do clickhouse__incremental_legacy(existing_relation, intermediate_relation, changes, unique_key) -%}
    {%- elif strategy == 'append' -%}
      {%- call statement('main') -%}
        {{ clickhouse__insert_into(target_relation, sql, contracted) }}
      {%- endcall -%}
    {%- elif strategy == 'insert_overwrite' -%}
      {%- do clickhouse__incremental_insert_overwrite(existing_relation, partition_by, False) -%}
    {%- elif strategy in ('delete_insert', 'microbatch') -%}
      {%- if strategy == 'microbatch' -%}
        {%- for edge, comparison in [('start', '>='), ('end', '<')] -%}
          {%- set moment = config.get('__dbt_internal_microbatch_event_time_' ~ edge) -%}
          {%- if moment -%}
            {%- do predicates.append(config.get('event_time') ~ ' ' ~ comparison ~ " toDateTime('" ~ moment.strftime('%Y-%m-%d %H:%M:%S') ~ "')") -%}
          {%- endif -%}
        {%- endfor -%}
      {%- endif -%}
      {%- do clickhouse__incremental_delete_insert(existing_relation, unique_key, predicates) -%}
    {%- endif -%}
  {%- endif -%}

  {%- if swaps and existing_relation.can_exchange -%}
    {%- do adapter.rename_relation(intermediate_relation, backup_relation) -%}
    {%- do exchange_tables_atomic(backup_relation, target_relation) -%}
  {%- elif swaps -%}
    {%- do adapter.rename_relation(target_relation, backup_relation) -%}
    {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
  {%- endif -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- if existing_relation is none or existing_relation.is_view or should_full_refresh() -%}
    {%- do create_indexes(target_relation) -%}
  {%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- if swaps -%}
    {%- do adapter.drop_relation(backup_relation) -%}
  {%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}


{#- As the built-in one, for both of this engine's incremental materializations. -#}
{% macro is_incremental() -%}
  {%- if not execute -%}
    {%- do return(False) -%}
  {%- endif -%}
  {%- set standing = adapter.get_relation(this.database, this.schema, this.table) -%}
  {%- do return(standing is not none
                and standing.type == 'table'
                and model.config.materialized in ('incremental', 'distributed_incremental')
                and not should_full_refresh()) -%}
{%- endmacro %}
