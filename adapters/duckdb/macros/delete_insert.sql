{#- delete+insert, the default strategy, and microbatch, which is the same by time instead of by key. -#}

{% macro duckdb__get_incremental_default_sql(arg_dict) -%}
  {%- do return(get_incremental_delete_insert_sql(arg_dict)) -%}
{%- endmacro %}


{#- Several keys are joined on, a single one is looked up. -#}
{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {%- set predicates -%}
        {%- for predicate in incremental_predicates or [] %}
            and {{ predicate }}
        {%- endfor -%}
    {%- endset -%}

    {%- if unique_key is string and unique_key %}
    delete from {{ target }}
    where (
        {{ unique_key }}) in (
        select ({{ unique_key }})
        from {{ source }}
    )
    {{- predicates }};
    {%- elif unique_key %}
    delete from {{ target }} as DBT_INCREMENTAL_TARGET
    using {{ source }}
    where (
        {% for key in unique_key -%}
        {{ source }}.{{ key }} = DBT_INCREMENTAL_TARGET.{{ key }}
        {{ 'and ' if not loop.last }}
        {%- endfor %}
        {{- predicates }}
    );
    {%- endif %}

    insert into {{ target }} ({{ names }})
    (
        select {{ names }}
        from {{ source }}
    )
{%- endmacro %}


{% macro normalize_incremental_predicates(incremental_predicates) -%}
  {%- do return(normalize_string_or_list(incremental_predicates, 'incremental_predicates')) -%}
{%- endmacro %}


{% macro duckdb__get_incremental_microbatch_sql(arg_dict) -%}
  {%- set event_time = config.get('event_time') -%}
  {%- set batch = model.get('batch') or {} -%}
  {%- set start, end = batch.get('event_time_start'), batch.get('event_time_end') -%}
  {%- if not event_time -%}
    {%- do exceptions.raise_compiler_error("microbatch incremental strategy requires an 'event_time' model config") -%}
  {%- elif config.get('unique_key') -%}
    {%- do exceptions.raise_compiler_error("microbatch incremental strategy does not support 'unique_key'. Microbatch runs delete+insert per batch based on 'event_time' and does not do key-based upserts. Remove 'unique_key' or use incremental_strategy='merge'.") -%}
  {%- elif not (start and end) -%}
    {%- do exceptions.raise_compiler_error("microbatch incremental strategy requires 'batch.event_time_start' and 'batch.event_time_end' to be set in the context") -%}
  {%- endif -%}

  {%- set target = arg_dict['target_relation'] -%}
  {%- set names = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {%- set in_batch = event_time ~ " >= '" ~ start ~ "'\n        and " ~ event_time ~ " < '" ~ end ~ "'" -%}
  {%- set build_sql -%}
        delete from {{ target }}
        where {{ in_batch }}
        {%- for predicate in normalize_incremental_predicates(arg_dict.get('incremental_predicates')) %}
        and ({{ predicate }})
        {%- endfor %};

        insert into {{ target }} ({{ names }})
        select {{ names }}
        from {{ arg_dict['temp_relation'] }}
        where {{ in_batch }};
  {%- endset -%}
  {%- do return(build_sql) -%}
{%- endmacro %}
