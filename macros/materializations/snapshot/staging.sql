{#- The SQL of a snapshot: its first table, and the staging table of later runs. The keys of a row get names of their own,
    dbt_unique_key or dbt_unique_key_1, 2, ... when there are several. -#}

{% macro get_true_sql() -%}
  {{ adapter.dispatch('get_true_sql', 'dbt')() }}
{%- endmacro %}

{% macro default__get_true_sql() -%}
  {%- do return('TRUE') -%}
{%- endmacro %}


{#- The default names of the columns that snapshots add; `snapshot_meta_column_names` changes them. -#}
{% macro get_snapshot_table_column_names() -%}
  {%- set names = {} -%}
  {%- for name in ['dbt_valid_to', 'dbt_valid_from', 'dbt_scd_id', 'dbt_updated_at', 'dbt_is_deleted'] -%}
    {%- do names.update({name: name}) -%}
  {%- endfor -%}
  {%- do return(names) -%}
{%- endmacro %}


{% macro build_snapshot_table(strategy, sql) -%}
  {{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }}
{%- endmacro %}

{% macro default__build_snapshot_table(strategy, sql) %}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() %}

    select *,
        {{ strategy.scd_id }} as {{ columns.dbt_scd_id }},
        {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
        {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
        {{ get_dbt_valid_to_current(strategy, columns) }}
        {{ ", 'False' as " ~ columns.dbt_is_deleted if strategy.hard_deletes == 'new_record' }}
    from (
        {{ sql }}
    ) sbq

{% endmacro %}


{% macro build_snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- set staging_relation = make_temp_relation(target_relation) -%}
  {%- set staging_sql = snapshot_staging_table(strategy, sql, target_relation) -%}
  {%- call statement('build_snapshot_staging_relation') -%}
    {{ create_table_as(True, staging_relation, staging_sql) }}
  {%- endcall -%}
  {%- do return(staging_relation) -%}
{%- endmacro %}


{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}
{%- endmacro %}

{#- One row a change, its kind in dbt_change_type: `insert` a new version, `update` the end of the version before, `delete` the
    end of a row that is gone. With hard_deletes=new_record a row that is gone also gets a last version that says so. -#}
{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- set columns = config.get('snapshot_table_column_names') or get_snapshot_table_column_names() -%}
    {%- set current_marker = config.get('dbt_valid_to_current') -%}
    {%- set key = strategy.unique_key -%}
    {%- set marks_deletes = strategy.hard_deletes == 'new_record' -%}
    {%- set finds_deletes = marks_deletes or strategy.hard_deletes == 'invalidate' -%}
    {%- set deleted_flag = 'snapshotted_data.' ~ columns.dbt_is_deleted -%}
    {%- set changed = strategy.row_changed ~ (' or ' ~ deleted_flag ~ " = 'True'" if marks_deletes else '') -%}
    {%- set is_current = 'snapshotted_data.' ~ columns.dbt_valid_to ~ (' = ' ~ current_marker if current_marker else ' is null') -%}
    {%- set not_yet_marked = "not (" ~ deleted_flag ~ " = 'True' and " ~ is_current ~ ")" -%}
    {%- if marks_deletes -%}
      {%- set deletion_scd_id = snapshot_hash_arguments([columns.dbt_scd_id, snapshot_get_time()]) -%}
    {%- endif -%}
    with snapshot_query as (

        {{ source_sql }}

    ),

    snapshotted_data as (

        select *, {{ unique_key_fields(key) }}
        from {{ target_relation }}
        where
            {% if current_marker -%}
            ( {{ equals(columns.dbt_valid_to | trim, current_marker | trim) }} or {{ columns.dbt_valid_to | trim }} is null )
            {%- else -%}
            {{ columns.dbt_valid_to }} is null
            {%- endif %}

    ),

    insertions_source_data as (

        select *, {{ unique_key_fields(key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ get_dbt_valid_to_current(strategy, columns) }},
            {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}

        from snapshot_query
    ),

    updates_source_data as (

        select *, {{ unique_key_fields(key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_to }}

        from snapshot_query
    ),
    {%- if finds_deletes %}

    deletes_source_data as (

        select *, {{ unique_key_fields(key) }}
        from snapshot_query
    ),
    {%- endif %}

    insertions as (

        select
            'insert' as dbt_change_type,
            source_data.*
            {{ ",'False' as " ~ columns.dbt_is_deleted if marks_deletes }}

        from insertions_source_data as source_data
        left outer join snapshotted_data
            on {{ unique_key_join_on(key, "snapshotted_data", "source_data") }}
            where {{ unique_key_is_null(key, "snapshotted_data") }}
            or ({{ unique_key_is_not_null(key, "snapshotted_data") }} and (
               {{ changed }}
            )

        )

    ),

    updates as (

        select
            'update' as dbt_change_type,
            source_data.*,
            snapshotted_data.{{ columns.dbt_scd_id }}
            {{ ', ' ~ deleted_flag if marks_deletes }}

        from updates_source_data as source_data
        join snapshotted_data
            on {{ unique_key_join_on(key, "snapshotted_data", "source_data") }}
        where (
            {{ changed }}
        )
    )
    {%- if finds_deletes %}
    ,
    deletes as (

        select
            'delete' as dbt_change_type,
            source_data.*,
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_to }},
            snapshotted_data.{{ columns.dbt_scd_id }}
            {{ ', ' ~ deleted_flag if marks_deletes }}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ unique_key_join_on(key, "snapshotted_data", "source_data") }}
            where {{ unique_key_is_null(key, "source_data") }}
            {{ 'and ' ~ not_yet_marked if marks_deletes }}
    )
    {%- endif %}
    {%- if marks_deletes %}
    {%- set kept_names = get_list_of_column_names(get_columns_in_relation(target_relation)) %}
    ,
    deletion_records as (

        select
            'insert' as dbt_change_type,
            {% for name in get_columns_in_query(source_sql) -%}
            {{ 'snapshotted_data' if name in kept_names else 'source_data' }}.{{ adapter.quote(name) }},
            {% endfor -%}
            {%- if key | is_list -%}
            {%- for part in key -%}
            snapshotted_data.{{ part }} as dbt_unique_key_{{ loop.index }},
            {% endfor -%}
            {%- else -%}
            snapshotted_data.dbt_unique_key as dbt_unique_key,
            {% endif -%}
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            snapshotted_data.{{ columns.dbt_valid_to }} as {{ columns.dbt_valid_to }},
            {{ deletion_scd_id }} as {{ columns.dbt_scd_id }},
            'True' as {{ columns.dbt_is_deleted }}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ unique_key_join_on(key, "snapshotted_data", "source_data") }}
        where {{ unique_key_is_null(key, "source_data") }}
        and {{ not_yet_marked }}

    )
    {%- endif %}

    select * from insertions
    union all
    select * from updates
    {%- if finds_deletes %}
    union all
    select * from deletes
    {%- endif %}
    {%- if marks_deletes %}
    union all
    select * from deletion_records
    {%- endif %}
{%- endmacro %}


{#- Null, or the configured marker of a version that is still valid, in the type of the timestamps. -#}
{% macro get_dbt_valid_to_current(strategy, columns) -%}
  coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ config.get('dbt_valid_to_current') or 'null' }})
  as {{ columns.dbt_valid_to }}
{%- endmacro %}


{% macro unique_key_fields(unique_key) -%}
  {%- if unique_key | is_list -%}
    {%- for part in unique_key -%}
      {{ part }} as dbt_unique_key_{{ loop.index }}{{ ' , ' if not loop.last }}
    {%- endfor -%}
  {%- else -%}
    {{ unique_key }} as dbt_unique_key
  {%- endif -%}
{%- endmacro %}


{% macro unique_key_join_on(unique_key, identifier, from_identifier) -%}
  {%- if unique_key | is_list -%}
    {%- for part in unique_key -%}
      {%- set column = '.dbt_unique_key_' ~ loop.index -%}
      {{ equals((identifier ~ column) | trim, (from_identifier ~ column) | trim) }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
  {%- else -%}
    {{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
  {%- endif -%}
{%- endmacro %}


{% macro unique_key_is_null(unique_key, identifier) -%}
  {{ identifier }}.dbt_unique_key{{ '_1' if unique_key | is_list }} is null
{%- endmacro %}


{% macro unique_key_is_not_null(unique_key, identifier) -%}
  {{ identifier }}.dbt_unique_key{{ '_1' if unique_key | is_list }} is not null
{%- endmacro %}


{% macro get_updated_at_column_data_type(snapshot_sql) -%}
  {%- set found = namespace(data_type=none) -%}
  {%- for column in get_column_schema_from_query(snapshot_sql) if column.column in ('dbt_updated_at', 'DBT_UPDATED_AT') -%}
    {%- set found.data_type = column.dtype -%}
  {%- endfor -%}
  {%- do return(found.data_type or none) -%}
{%- endmacro %}


{#- Warns when the clock's type is not the one of the rows' timestamps. -#}
{% macro check_time_data_types(sql) -%}
  {%- set rows_type = get_updated_at_column_data_type(sql) -%}
  {%- set clock_type = get_snapshot_get_time_data_type() -%}
  {%- if rows_type is not none and clock_type is not none and rows_type != clock_type
      and exceptions.warn_snapshot_timestamp_data_types -%}
    {%- do exceptions.warn_snapshot_timestamp_data_types(clock_type, rows_type) -%}
  {%- endif -%}
{%- endmacro %}
