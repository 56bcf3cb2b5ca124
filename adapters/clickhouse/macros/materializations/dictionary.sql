{#- A dictionary: `fields`, `primary_key`, `layout`, `lifetime`, `range`; it reads the model's query, a table or a URL. -#}
{% materialization dictionary, adapter='clickhouse' -%}
  {%- set target_relation = this.incorporate(type='dictionary') -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}
  {%- call statement('main') -%}
    {{ clickhouse__get_create_dictionary_as_sql(target_relation, on_cluster_clause(target_relation), sql) }}
  {%- endcall -%}

  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(target_relation, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target_relation]}) -%}
{%- endmaterialization %}


{% macro clickhouse__get_create_dictionary_as_sql(relation, cluster_clause, sql) %}
  CREATE OR REPLACE DICTIONARY {{ relation }} {{ cluster_clause }}
  (
    {%- for name, data_type in config.get('fields') %}
    {{ name }} {{ data_type }}{{ ',' if not loop.last }}
    {%- endfor %}
  )
  {{ primary_key_clause(label="primary key") }}
  SOURCE(
    {{ http_source() if config.get('source_type') == 'http' else clickhouse_source(sql) }}
  )
  LAYOUT({{ config.get('layout') }})
  {{ 'LIFETIME(' ~ config.get('lifetime') ~ ')' if config.get('lifetime') }}
  {{ 'RANGE(' ~ config.get('range') ~ ')' if config.get('range') }}
{% endmacro %}


{% macro http_source() -%}
  HTTP(URL '{{ config.get("url") }}' FORMAT '{{ config.get("format") }}')
{%- endmacro %}


{#- This very server, as the profile's user unless `connection_overrides` says otherwise. -#}
{% macro clickhouse_source(sql) -%}
  {%- set credentials = adapter.get_credentials(config.get('connection_overrides', {})) -%}
  CLICKHOUSE(
    {%- for key, name in [('user', 'user'), ('password', 'password'), ('database', 'db')] if credentials.get(key) %}
      {{ name }} '{{ credentials.get(key) }}'
    {%- endfor %}
    {%- if config.get('table') is not none %}
      table '{{ config.get('table') }}'
    {%- else %}
      query "{{ sql }}"
    {%- endif %}
    {%- if config.get('update_field') %}
      update_field '{{ config.get('update_field') }}'
    {%- endif %}
    {%- if config.get('update_lag') is not none %}
      update_lag {{ config.get('update_lag') }}
    {%- endif %}
  )
{%- endmacro %}


{% macro drop_dictionary_if_exists(relation, cluster_clause) -%}
  {%- if relation.type == 'dictionary' -%}
    {%- call statement('drop_dictionary_if_exists') -%}
      drop dictionary if exists {{ relation }} {{ cluster_clause }}
    {%- endcall -%}
  {%- else -%}
    {%- do log(relation ~ ' is not a dictionary; defaulting to drop_relation_if_exists') -%}
    {%- do drop_relation_if_exists(relation) -%}
  {%- endif -%}
{%- endmacro %}
