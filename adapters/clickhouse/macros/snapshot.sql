{#- Snapshots. A row cannot be updated in place: the next state of the table is put together beside it and exchanged. -#}

{% macro clickhouse__snapshot_hash_arguments(args) -%}
  halfMD5({% for arg in args %}coalesce(cast({{ arg }} as varchar ), ''){{ " || '|' || " if not loop.last }}{% endfor %})
{%- endmacro %}


{% macro build_snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- set staging_relation = make_temp_relation(target_relation) -%}
  {%- do drop_relation_if_exists(staging_relation) -%}
  {%- set staging_sql = snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- call statement('build_snapshot_staging_relation') -%}
    {{ create_table_as(False, staging_relation, staging_sql) }}
  {%- endcall -%}
  {%- do return(staging_relation) -%}
{%- endmacro %}

{% macro clickhouse__post_snapshot(staging_relation) -%}
  {%- do drop_relation_if_exists(staging_relation) -%}
{%- endmacro %}


{#- Does all the work itself and answers a statement for form's sake. -#}
{% macro clickhouse__snapshot_merge_sql(target, source, insert_cols) -%}
  {%- set names = insert_cols | join(', ') -%}
  {%- set next_state = target.derivative('__snapshot_upsert') -%}
  {#- An interrupted run may have left one with rows. -#}
  {%- do drop_relation_if_exists(load_cached_relation(next_state)) -%}
  {%- call statement('create_upsert_relation') -%}
    create table if not exists {{ next_state }} {{ on_cluster_clause(next_state) }} as {{ target }}
  {%- endcall -%}

  {%- call statement('insert_unchanged_data') -%}
    insert into {{ next_state }} ({{ names }})
    select {{ names }}
    from {{ target }}
    where dbt_scd_id not in (
      select {{ source }}.dbt_scd_id from {{ source }}
    )
  {%- endcall -%}

  {%- set ended_columns = [] -%}
  {%- for column in insert_cols -%}
    {%- set is_end = column == adapter.quote('dbt_valid_to') -%}
    {%- do ended_columns.append('updates_and_deletes.dbt_valid_to as dbt_valid_to' if is_end else 'target.' ~ column ~ ' as ' ~ column) -%}
  {%- endfor -%}
  {%- call statement('insert_updated_and_deleted') -%}
    insert into {{ next_state }} ({{ names }})
    with updates_and_deletes as (
      select
        dbt_scd_id,
        dbt_valid_to
      from {{ source }}
      where dbt_change_type IN ('update', 'delete')
    )
    select {{ ended_columns | join(', ') }}
    from {{ target }} target
    join updates_and_deletes on target.dbt_scd_id = updates_and_deletes.dbt_scd_id;
  {%- endcall -%}

  {%- call statement('insert_new') -%}
    insert into {{ next_state }} ({{ names }})
    select {{ names }}
    from {{ source }}
    where {{ source }}.dbt_change_type IN ('insert');
  {%- endcall -%}

  {%- if target.can_exchange -%}
    {%- do exchange_tables_atomic(next_state, target) -%}
    {%- call statement('drop_exchanged_relation') -%}
      drop table if exists {{ next_state }} {{ on_cluster_clause(next_state) }};
    {%- endcall -%}
  {%- else -%}
    {#- The history is never without a name. -#}
    {%- set old_state = make_backup_relation(target, 'table') -%}
    {%- do drop_relation_if_exists(load_cached_relation(old_state)) -%}
    {%- do clickhouse__rename_at_once([(target, old_state), (next_state, target)], target) -%}
    {%- call statement('drop_old_state') -%}
      drop table if exists {{ old_state }} {{ on_cluster_clause(old_state) }}
    {%- endcall -%}
  {%- endif -%}
  {%- do return('select 1') -%}
{%- endmacro %}


{% macro clickhouse__snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {%- if 'now()' in strategy.updated_at -%}
    {{ clickhouse__snapshot_staging_table_check_strategy(strategy, source_sql, target_relation) }}
  {%- else -%}
    {{ clickhouse__snapshot_staging_table_timestamp_strategy(strategy, source_sql, target_relation) }}
  {%- endif -%}
{%- endmacro %}


{#- The clock is read once, so that all of a run's changes bear the same time. -#}
{% macro clickhouse__snapshot_staging_table_check_strategy(strategy, source_sql, target_relation) -%}
  {{ clickhouse__snapshot_staging_table_timestamp_strategy(strategy, source_sql, target_relation, one_time=true) }}
{%- endmacro %}


{#- The rows' own times; with `one_time`, the one of a CTE that every row is joined with. -#}
{% macro clickhouse__snapshot_staging_table_timestamp_strategy(strategy, source_sql, target_relation) -%}
    {%- set one_time = kwargs.get('one_time', false) -%}
    {%- set updated_at = 'snapshot_time.ts' if one_time else strategy.updated_at -%}
    {%- set dated_query = 'snapshot_query, snapshot_time' if one_time else 'snapshot_query' -%}
    {%- set everything = '* EXCEPT (ts)' if one_time else '*' -%}
    {%- set finds_deletes = strategy.invalidate_hard_deletes -%}
    with {% if one_time -%}
    snapshot_time as (
        select {{ strategy.updated_at }} as ts
    ),
    {% endif -%}
    snapshot_query as (

        {{ source_sql }}

    ),

    snapshotted_data as (

        select *,
            {{ strategy.unique_key }} as dbt_unique_key

        from {{ target_relation }}
        where dbt_valid_to is null

    ),

    insertions_source_data as (

        select
            *,
            {{ strategy.unique_key }} as dbt_unique_key,
            {{ updated_at }} as dbt_updated_at,
            {{ updated_at }} as dbt_valid_from,
            nullif({{ updated_at }}, {{ updated_at }}) as dbt_valid_to,
            {{ strategy.scd_id }} as dbt_scd_id

        from {{ dated_query }}
    ),

    updates_source_data as (

        select
            *,
            {{ strategy.unique_key }} as dbt_unique_key,
            {{ updated_at }} as dbt_updated_at,
            {{ updated_at }} as dbt_valid_from,
            {{ updated_at }} as dbt_valid_to

        from {{ dated_query }}
    ),
    {%- if finds_deletes %}

    deletes_source_data as (

        select
            *,
            {{ strategy.unique_key }} as dbt_unique_key
        from snapshot_query
    ),
    {%- endif %}

    insertions as (

        select
            'insert' as dbt_change_type,
            source_data.*

        from insertions_source_data as source_data
        left outer join snapshotted_data on snapshotted_data.dbt_unique_key = source_data.dbt_unique_key
        where snapshotted_data.dbt_unique_key is null
           or (
                snapshotted_data.dbt_unique_key is not null
            and (
                {{ strategy.row_changed }}
            )
        )

    ),

    updates as (

        select
            'update' as dbt_change_type,
            source_data.*,
            snapshotted_data.dbt_scd_id

        from updates_source_data as source_data
        join snapshotted_data on snapshotted_data.dbt_unique_key = source_data.dbt_unique_key
        where (
            {{ strategy.row_changed }}
        )
    )
    {%- if finds_deletes %},

    deletes as (

        select
            'delete' as dbt_change_type,
            source_data.*,
            {{ snapshot_get_time() }} as dbt_valid_from,
            {{ snapshot_get_time() }} as dbt_updated_at,
            {{ snapshot_get_time() }} as dbt_valid_to,
            snapshotted_data.dbt_scd_id

        from snapshotted_data
        left join deletes_source_data as source_data on snapshotted_data.dbt_unique_key = source_data.dbt_unique_key
        where source_data.dbt_unique_key is null
    )
    {%- endif %}

    select {{ everything }} from insertions
    union all
    select {{ everything }} from updates
    {%- if finds_deletes %}
    union all
    select {{ everything }} from deletes
    {%- endif %}
{%- endmacro %}
