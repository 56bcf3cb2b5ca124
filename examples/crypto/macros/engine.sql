{#- Where DuckDB, ClickHouse and Athena say the same thing in different words. -#}

{% macro price_feed() %}{{ return(adapter.dispatch('price_feed')()) }}{% endmacro %}

{% macro default__price_feed() -%}
    {{ source('feed', 'crypto_prices') }}
{%- endmacro %}

{% macro clickhouse__price_feed() -%}
    {#- the source stays in the lineage; the rows come from the file, or from objects: the var `prices_keys` then tells S3's two keys -#}
    {%- do source('feed', 'crypto_prices') -%}
    {%- set path = var('prices_path') -%}
    {%- set columns = 'id Nullable(Int64), symbol Nullable(String), name Nullable(String), price Nullable(Float64), market_cap Nullable(Float64), volume_24h Nullable(Float64), last_updated Nullable(String)' -%}
    {%- if path.startswith('http') -%} s3('{{ path }}', {{ var('prices_keys', 'NOSIGN') }}, 'JSONEachRow', '{{ columns }}')
    {%- else -%} file('{{ path }}', 'JSONEachRow', '{{ columns }}')
    {%- endif -%}
{%- endmacro %}


{% macro as_text(expression) %}{{ return(adapter.dispatch('as_text')(expression)) }}{% endmacro %}

{% macro default__as_text(expression) -%} cast({{ expression }} as varchar) {%- endmacro %}

{% macro clickhouse__as_text(expression) -%} toString({{ expression }}) {%- endmacro %}


{% macro to_timestamp_utc(expression) %}{{ return(adapter.dispatch('to_timestamp_utc')(expression)) }}{% endmacro %}

{% macro default__to_timestamp_utc(expression) -%} try_cast(replace(replace({{ expression }}, 'T', ' '), 'Z', '') as timestamp) {%- endmacro %}

{% macro clickhouse__to_timestamp_utc(expression) -%} parseDateTimeBestEffortOrNull({{ expression }}, 'UTC') {%- endmacro %}


{% macro stored_timestamp(expression) %}{{ return(adapter.dispatch('stored_timestamp')(expression)) }}{% endmacro %}

{#- A time as the format of the table can keep it. -#}
{% macro default__stored_timestamp(expression) -%} {{ expression }} {%- endmacro %}

{#- Iceberg has microseconds, Athena's queries milliseconds -#}
{% macro athena__stored_timestamp(expression) -%} cast({{ expression }} as timestamp(6)) {%- endmacro %}


{% macro snapshot_timestamp(expression) %}{{ return(adapter.dispatch('snapshot_timestamp')(expression)) }}{% endmacro %}

{#- A time as the snapshot's table can keep it. -#}
{% macro default__snapshot_timestamp(expression) -%} {{ expression }} {%- endmacro %}

{#- Hive tables have milliseconds -#}
{% macro athena__snapshot_timestamp(expression) -%} cast({{ expression }} as timestamp(3)) {%- endmacro %}


{% macro seconds_between(earlier, later) %}{{ return(adapter.dispatch('seconds_between')(earlier, later)) }}{% endmacro %}

{% macro default__seconds_between(earlier, later) -%} date_diff('second', {{ earlier }}, {{ later }}) {%- endmacro %}


{% macro clock() %}{{ return(adapter.dispatch('clock')()) }}{% endmacro %}

{#- "Now" as the project sees it: the var `clock`, or the real time when that is set to `now`. -#}
{% macro default__clock() -%}
    {%- if var('clock') == 'now' -%} cast(now() at time zone 'UTC' as timestamp)
    {%- else -%} cast('{{ var("clock") }}' as timestamp)
    {%- endif -%}
{%- endmacro %}

{% macro clickhouse__clock() -%}
    {%- if var('clock') == 'now' -%} now('UTC')
    {%- else -%} toDateTime('{{ var("clock") }}', 'UTC')
    {%- endif -%}
{%- endmacro %}


{#- Freshness is measured against the project's clock. -#}
{% macro default__collect_freshness(source, loaded_at_field, filter) %}
    {% call statement('collect_freshness', fetch_result=True, auto_begin=False) -%}
        select
            max({{ loaded_at_field }}) as max_loaded_at,
            {{ clock() }} as snapshotted_at
        from {{ source }}
        {% if filter %}where {{ filter }}{% endif %}
    {%- endcall %}
    {{ return(load_result('collect_freshness')) }}
{% endmacro %}


{#- The value of the row before, within the same group. -#}
{% macro earlier_in_group(expression, group_by) -%}
    min({{ expression }}) over (
        partition by {{ group_by }} order by {{ expression }} rows between 1 preceding and 1 preceding
    )
{%- endmacro %}
