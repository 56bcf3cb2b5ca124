{#- Projections and data-skipping indexes. -#}

{% macro validate_projection(projection) -%}
  {%- set name = projection.get('name') -%}
  {%- if projection.get('query') and projection.get('index') -%}
    {%- do exceptions.raise_compiler_error("Projection '" ~ name ~ "' cannot specify both 'query' and 'index'.") -%}
  {%- elif not projection.get('query') and not projection.get('index') -%}
    {%- do exceptions.raise_compiler_error("Projection '" ~ name ~ "' must specify either 'query' or 'index'.") -%}
  {%- endif -%}
{%- endmacro %}


{#- Called before anything is dropped. -#}
{% macro validate_projections() -%}
  {%- for projection in config.get('projections', default=[]) -%}
    {%- do validate_projection(projection) -%}
  {%- endfor -%}
{%- endmacro %}


{#- As it stands in CREATE TABLE; ALTER TABLE puts ADD before it. Servers before 26.1.1.1 have no INDEX form. -#}
{% macro clickhouse_projection_ddl(projection) -%}
  {%- do validate_projection(projection) -%}
  {%- set index = projection.get('index') -%}
  PROJECTION {{ projection.get('name') }}{{ ' ' -}}
  {%- if projection.get('query') -%}
    ({{ projection.get('query') }})
  {%- else -%}
    {%- set columns = [index] if index is string else index -%}
    {%- set listed = columns | join(', ') -%}
    {%- if adapter.is_before_version('26.1.1.1') -%}
      (SELECT _part_offset ORDER BY {{ listed }})
    {%- else -%}
      INDEX {{ '(' ~ listed ~ ')' if columns | length > 1 else listed }} TYPE basic
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}


{#- All in one ALTER: replicas refuse a second one while they still apply the first. -#}
{% macro add_index_and_projections(relation) -%}
  {%- set additions = [] -%}
  {%- for projection in config.get('projections', default=[]) -%}
    {%- do additions.append('ADD ' ~ clickhouse_projection_ddl(projection)) -%}
  {%- endfor -%}
  {%- for index in config.get('indexes', default=[]) -%}
    {%- do additions.append('ADD INDEX ' ~ index.get('name') ~ ' ' ~ index.get('definition')) -%}
  {%- endfor -%}
  {%- if additions -%}
    {%- call statement('add_projections_and_indexes') %}
            ALTER TABLE {{ relation }}
                {{ additions | join(',\n                ') }}
    {% endcall -%}
  {%- endif -%}
{%- endmacro %}
