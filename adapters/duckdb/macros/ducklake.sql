{#- How a DuckLake table is laid out: `partitioned_by` and `sorted_by`. -#}

{#- The config's columns, or none where they do not apply: temporary tables, the relation a model is built in before it gets its
    name, and databases that are no DuckLake, of which a warning tells. -#}
{% macro duckdb__get_partitioned_by(relation, temporary) -%}
  {%- set parts = duckdb_layout_columns(relation, temporary, 'partitioned_by', 'partition_by', blank_is_unset=true) -%}
  {%- do return(none if parts is none else parts | join(', ')) -%}
{%- endmacro %}

{% macro duckdb__get_sorted_by(relation, temporary) -%}
  {%- set parts = duckdb_layout_columns(relation, temporary, 'sorted_by', 'sort_by', blank_is_unset=false) -%}
  {%- if parts is none -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- set quoted = [] -%}
  {%- for part in parts -%}
    {%- do quoted.append(adapter.quote(part | replace('"', '""'))) -%}
  {%- endfor -%}
  {%- do return(quoted | join(', ')) -%}
{%- endmacro %}

{% macro duckdb_layout_columns(relation, temporary, key, short_key, blank_is_unset) -%}
  {%- set given = config.get(key, none) -%}
  {%- if given is none or (blank_is_unset and given == '') -%}
    {%- set given = config.get(short_key, none) -%}
  {%- endif -%}
  {%- if temporary or given is none or (blank_is_unset and given == '') -%}
    {%- do return(none) -%}
  {%- endif -%}

  {%- set label = key ~ '/' ~ short_key -%}
  {%- set columns = normalize_string_or_list(given, label) -%}
  {%- if columns | length == 0 -%}
    {%- do exceptions.raise_compiler_error(label ~ " must contain at least one column") -%}
  {%- endif -%}
  {%- if this is defined and config.get('materialized') in ('table', 'incremental')
      and relation.identifier and this.identifier and relation.identifier != this.identifier -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- if not adapter.is_ducklake(relation) -%}
    {%- do adapter.warn_once(label ~ " is only supported for DuckLake relations; ignoring for " ~ relation) -%}
    {%- do return(none) -%}
  {%- endif -%}
  {%- do return(columns) -%}
{%- endmacro %}


{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) -%}
  alter table {{ relation }} set partitioned by ({{ partitioned_by }});
{%- endmacro %}


{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) -%}
  alter table {{ relation }} set sorted by ({{ sorted_by }});
{%- endmacro %}
