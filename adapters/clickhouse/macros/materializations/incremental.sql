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
  {%- do clickhouse__drop_leftovers(leftovers, target_relation, ['__dbt_new_data_']) -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}
  {%- set swaps = false -%}

  {%- if existing_relation is none -%}
    {#- Half a first build must not be taken for a table to add to. -#}
    {%- set first_relation = intermediate_relation if clickhouse__can_be_renamed() else target_relation -%}
    {%- call statement('main') -%}
      {{ get_create_table_as_sql(False, first_relation, sql) }}
    {%- endcall -%}
    {%- if first_relation != target_relation -%}
      {%- do clickhouse__rename_at_once([(first_relation, target_relation)], target_relation) -%}
    {%- endif -%}

  {%- elif full_refresh_mode -%}
    {%- set swaps = true -%}
    {%- call statement('main') -%}
      {{ get_create_table_as_sql(False, intermediate_relation, sql) }}
    {%- endcall -%}

  {%- else -%}
    {%- set predicates = config.get('predicates', []) or config.get('incremental_predicates', []) -%}
    {%- set partition_by = config.get('partition_by') -%}
    {%- if config.get('inserts_only') or (unique_key is none and config.get('incremental_strategy', none) != 'insert_overwrite') -%}
      {%- set strategy = 'append' -%}
    {%- else -%}
      {%- set strategy = adapter.calculate_incremental_strategy(config.get('incremental_strategy')) -%}
      {%- do adapter.validate_incremental_strategy(strategy, predicates, unique_key, partition_by) -%}
    {%- endif -%}

    {%- set changes = none -%}
    {%- if on_schema_change != 'ignore' -%}
      {%- set changes = adapter.check_incremental_schema_changes(on_schema_change, existing_relation, sql, query_settings=config.get('query_settings', {})) -%}
    {%- endif -%}
    {#- What deletes rows or columns and then inserts is done to a copy, which takes the table's place when all is done. -#}
    {%- set destroys = strategy in ('delete_insert', 'microbatch') or (changes and changes.has_sync_changes and strategy != 'legacy') -%}
    {%- set swaps_copy = clickhouse__can_work_on_copy(existing_relation) if destroys else '' -%}
    {%- set changed_relation = existing_relation -%}
    {%- if swaps_copy -%}
      {%- set changed_relation = intermediate_relation -%}
      {%- call statement('create_working_copy') -%}
        create table {{ changed_relation }} clone as {{ existing_relation }}
      {%- endcall -%}
    {%- endif -%}
    {%- if changes and strategy != 'legacy' -%}
      {%- do clickhouse__apply_column_changes(changes, changed_relation) -%}
    {%- endif -%}

    {%- if strategy == 'legacy' -%}
      {%- set swaps = true -%}
      {%- do clickhouse__incremental_legacy(existing_relation, intermediate_relation, changes, unique_key) -%}
    {%- elif strategy == 'append' -%}
      {%- call statement('main') -%}
        {#- New columns stand last in the table, wherever the query has them. -#}
        {{ clickhouse__insert_into(changed_relation, sql, contracted, use_columns_from_sql=(true if changes else false)) }}
      {%- endcall -%}
    {%- elif strategy == 'insert_overwrite' -%}
      {%- do clickhouse__incremental_insert_overwrite(existing_relation, partition_by, False, changed_relation) -%}
    {%- elif strategy in ('delete_insert', 'microbatch') -%}
      {%- if strategy == 'microbatch' -%}
        {%- for edge, comparison in [('start', '>='), ('end', '<')] -%}
          {%- set moment = config.get('__dbt_internal_microbatch_event_time_' ~ edge) -%}
          {%- if moment -%}
            {%- do predicates.append(config.get('event_time') ~ ' ' ~ comparison ~ " toDateTime('" ~ moment.strftime('%Y-%m-%d %H:%M:%S') ~ "')") -%}
          {%- endif -%}
        {%- endfor -%}
      {%- endif -%}
      {%- do clickhouse__incremental_delete_insert(existing_relation, unique_key, predicates, False, changed_relation) -%}
    {%- endif -%}
    {%- if swaps_copy -%}
      {%- do clickhouse__swap(changed_relation, target_relation, swaps_copy == 'exchange') -%}
      {%- do adapter.drop_relation(changed_relation) -%}
    {%- endif -%}
  {%- endif -%}

  {%- if swaps and existing_relation.can_exchange -%}
    {%- do adapter.rename_relation(intermediate_relation, backup_relation) -%}
    {%- do exchange_tables_atomic(backup_relation, target_relation) -%}
  {%- elif swaps -%}
    {%- do clickhouse__rename_at_once([(existing_relation, backup_relation), (intermediate_relation, target_relation)], target_relation) -%}
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


{#- A replicated table whose place in the keeper has the table's name in it keeps that name. -#}
{% macro clickhouse__can_be_renamed() -%}
  {%- do return('{table}' not in engine_clause() and '{database}' not in engine_clause()) -%}
{%- endmacro %}


{#- How a copy can take the table's place: 'exchange', 'rename', or '' where it cannot. A copy shares the files of its origin, so it costs little; but merges begun in the origin are lost with it, which tables as large as
    10 GiB cannot afford on every run. Views that are fed by the table, or feed it, would not see the copy. -#}
{% macro clickhouse__can_work_on_copy(relation) -%}
  {%- if relation.mvs_pointing_to_it or on_cluster_clause(relation) | trim or not clickhouse__can_be_renamed() or adapter.is_before_version('24.10') -%}
    {%- do return('') -%}
  {%- endif -%}
  {%- set query %}
    select if((select engine from system.databases where name = '{{ relation.schema }}') = 'Ordinary', 'rename', 'exchange')
    from system.tables
    where database = '{{ relation.schema }}'
      and name = '{{ relation.identifier }}'
      and match(engine, '^[A-Z][a-z]*MergeTree$|^MergeTree$')
      and not match(engine, '^(Replicated|Shared)')
      and empty(dependencies_table)
      and total_bytes < 10737418240
      and database in (select name from system.databases where engine in ('Atomic', 'Ordinary', 'Overlay'))
  {% endset -%}
  {%- set found = run_query(query).columns[0].values() -%}
  {%- if not found -%}
    {%- do return('') -%}
  {%- endif -%}
  {%- do return(found[0] if adapter.supports_atomic_exchange() else 'rename') -%}
{%- endmacro %}


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
