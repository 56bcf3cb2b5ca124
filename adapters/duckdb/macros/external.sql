{#- Files that stand for tables: where they are, what is written, and views over those that other models made. -#}

{% macro external_location(relation, config) -%}
  {%- set partitioned = config.get('options', {}).get('partition_by') is not none -%}
  {{ adapter.external_root() }}/{{ relation.identifier }}{{ '.' ~ config.get('format', 'parquet') if not partitioned }}
{%- endmacro %}


{% macro location_exists(location) -%}
  {%- do return(adapter.location_exists(location)) -%}
{%- endmacro %}


{% macro write_to_file(relation, location, options) -%}
  {%- call statement('write_to_file') -%}
    copy {{ relation }} to '{{ location }}' ({{ options }})
  {%- endcall -%}
{%- endmacro %}


{% macro store_relation(plugin, relation, location, format, config) -%}
  {%- do adapter.store_relation(plugin, relation, adapter.get_columns_in_relation(relation), location, format, config) -%}
{%- endmacro %}


{#- The `options` config, rendered; `format` and `delimiter` may also stand beside it. -#}
{% macro render_write_options(config) -%}
  {%- set options = config.get('options', {}) -%}
  {%- if options is not mapping -%}
    {%- do exceptions.raise_compiler_error("The options argument must be a dictionary") -%}
  {%- endif -%}
  {%- for key in options -%}
    {%- do options.update({key: render(options[key])}) -%}
  {%- endfor -%}
  {%- for key in ['format', 'delimiter'] if config.get(key) -%}
    {%- do options.update({key: render(config.get(key))}) -%}
  {%- endfor -%}
  {%- do return(options) -%}
{%- endmacro %}


{#- Before a run: views over the files of external models that the selection reads but does not build. -#}
{% macro register_upstream_external_models() -%}
  {%- if not execute -%}
    {%- do return('') -%}
  {%- endif -%}
  {%- set wanted = {} -%}
  {%- for unique_id in selected_resources if unique_id in graph['nodes'] -%}
    {%- for upstream_id in graph['nodes'][unique_id]['depends_on']['nodes'] if upstream_id not in selected_resources -%}
      {%- set node = graph['nodes'].get(upstream_id) -%}
      {%- if node and node.resource_type in ('model', 'seed') and node.config.materialized == 'external' -%}
        {%- do wanted.setdefault(upstream_id, node) -%}
      {%- endif -%}
    {%- endfor -%}
  {%- endfor -%}

  {%- set schemas = [] -%}
  {%- for node in wanted.values() -%}
    {%- set relation = api.Relation.create(database=node['database'], schema=node['schema'], identifier=node['alias']) -%}
    {%- set location = node.config.get('location', external_location(relation, node.config)) -%}
    {%- set files = adapter.external_read_location(location, render_write_options(node.config)) -%}
    {%- if relation.schema not in schemas -%}
      {%- do schemas.append(relation.schema) -%}
      {%- call statement('main', language='sql') -%}
        create schema if not exists {{ relation.without_identifier() }}
      {%- endcall -%}
    {%- endif -%}
    {%- call statement('main', language='sql') -%}
      create or replace view {{ relation }} as (
        select * from '{{ files }}'
      );
    {%- endcall -%}
  {%- endfor -%}
  {%- if schemas -%}
    {%- do adapter.commit() -%}
  {%- endif -%}
{%- endmacro %}
