{#- How a DuckLake table is laid out: `partitioned_by` and `sorted_by`. Both answer none where they do not apply: for temporary
    tables, for the relation a model is built in before it gets its name, and on databases that are no DuckLake, of which a
    warning tells. -#}

{% macro duckdb__get_partitioned_by(relation, temporary) -%}
  {%- set own = config.get('partitioned_by', none) -%}
  {%- set given = config.get('partition_by', none) if own is none or own == '' else own -%}
  {%- if temporary or given is none or given == '' -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set columns = normalize_string_or_list(given, 'partitioned_by/partition_by') -%}
  {%- if not columns -%}
    {%- do exceptions.raise_compiler_error("partitioned_by/partition_by must contain at least one column") -%}
  {%- endif -%}

  {%- set under_other_name = this is defined and config.get('materialized') in ('table', 'incremental')
                             and relation.identifier and this.identifier and relation.identifier != this.identifier -%}
  {%- if under_other_name -%}
    {%- do return(none) -%}
  {%- elif not adapter.is_ducklake(relation) -%}
    {%- do adapter.warn_once("partitioned_by/partition_by is only supported for DuckLake relations; ignoring for " ~ relation) -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- do return(columns | join(', ')) -%}
{%- endmacro %}

{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) -%}
  alter table {{ relation }} set partitioned by ({{ partitioned_by }});
{%- endmacro %}


{#- Unlike partitions, which may be expressions, these are names and are quoted. -#}
{% macro duckdb__get_sorted_by(relation, temporary) -%}
  {%- set own = config.get('sorted_by', none) -%}
  {%- set given = config.get('sort_by', none) if own is none else own -%}
  {%- if temporary or given is none -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set columns = normalize_string_or_list(given, 'sorted_by/sort_by') -%}
  {%- if not columns -%}
    {%- do exceptions.raise_compiler_error("sorted_by/sort_by must contain at least one column") -%}
  {%- endif -%}

  {%- set under_other_name = this is defined and config.get('materialized') in ('table', 'incremental')
                             and relation.identifier and this.identifier and relation.identifier != this.identifier -%}
  {%- if under_other_name -%}
    {%- do return(none) -%}
  {%- elif not adapter.is_ducklake(relation) -%}
    {%- do adapter.warn_once("sorted_by/sort_by is only supported for DuckLake relations; ignoring for " ~ relation) -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set quoted = [] -%}
  {%- for column in columns -%}
    {%- do quoted.append(adapter.quote(column | replace('"', '""'))) -%}
  {%- endfor -%}
  {%- do return(quoted | join(', ')) -%}
{%- endmacro %}

{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) -%}
  alter table {{ relation }} set sorted by ({{ sorted_by }});
{%- endmacro %}
