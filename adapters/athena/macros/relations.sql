{#- Dropping and renaming. A table goes by way of Glue and S3, unless `native_drop` lets Athena drop what it cleans up itself. -#}

{% macro athena__drop_relation(relation) -%}
  {%- set kind = adapter.get_glue_table_type(relation) -%}
  {%- set cleans_up = relation.type == 'view' or (kind is not none and kind.value == 'iceberg_table') -%}
  {%- if adapter.is_s3_tables_database(relation.database) -%}
    {%- do drop_relation_s3_tables(relation) -%}
  {%- elif cleans_up and config.get('native_drop', default=false) -%}
    {%- do drop_relation_sql(relation) -%}
  {%- else -%}
    {%- do drop_relation_glue(relation) -%}
  {%- endif -%}
{%- endmacro %}

{% macro drop_relation_glue(relation) -%}
  {%- do adapter.clean_up_table(relation) -%}
  {%- do adapter.delete_from_glue_catalog(relation) -%}
{%- endmacro %}

{#- S3 Tables deletes the files of what leaves its catalog. -#}
{% macro drop_relation_s3_tables(relation) -%}
  {%- do adapter.delete_from_glue_catalog(relation) -%}
{%- endmacro %}

{% macro drop_relation_sql(relation) -%}
  {%- call statement('drop_relation', auto_begin=False) -%}
    drop {{ relation.type }} if exists {{ relation.render() if relation.type == 'view' else relation.render_hive() }}
  {%- endcall -%}
{%- endmacro %}

{#- With the node's config, which `adapter.drop_relation` does not see; the name may be taken again then. -#}
{% macro athena__drop_cached(relation) -%}
  {%- do adapter.cache_dropped(relation) -%}
  {%- do drop_relation(relation) -%}
{%- endmacro %}

{#- What a run that was cut short may have left. -#}
{% macro athena__drop_if_known(relation) -%}
  {%- set known = load_cached_relation(relation) -%}
  {%- do athena__drop_cached(known) if known is not none -%}
{%- endmacro %}


{#- Athena renames Iceberg tables alone. Of others, Glue's entry gets the other name. -#}
{% macro athena__rename_relation(from_relation, to_relation) -%}
  {%- set kind = adapter.get_glue_table_type(from_relation) -%}
  {%- if kind is not none and kind.value != 'iceberg_table' -%}
    {%- do adapter.rename_in_glue(from_relation, to_relation) -%}
  {%- else -%}
    {%- call statement('rename_relation') -%}
    alter table {{ from_relation.render_hive() }} rename to `{{ to_relation.schema }}`.`{{ to_relation.identifier }}`
    {%- endcall -%}
  {%- endif -%}
{%- endmacro %}

{#- What `wap: true` publishes by: each of two tables gets the other's data. -#}
{% macro athena__exchange_tables(one, other) -%}
  {%- do adapter.exchange_glue_tables(one, other) -%}
{%- endmacro %}


{#- Crawlers and Glue jobs look for it. -#}
{% macro set_table_classification(relation) -%}
  {%- call statement('set_table_classification', auto_begin=False) -%}
    alter table {{ relation.render_hive() }} set tblproperties ('classification' = '{{ config.get('format', default='parquet') }}')
  {%- endcall -%}
{%- endmacro %}


{% macro make_temp_relation(base_relation, suffix='__dbt_tmp', temp_schema=none) -%}
  {%- set path = {'identifier': base_relation.identifier ~ suffix} -%}
  {%- do path.update({'schema': temp_schema}) if temp_schema is not none -%}
  {%- set temp_relation = base_relation.incorporate(path=path) -%}
  {%- do create_schema(temp_relation) if temp_schema is not none -%}
  {%- do return(temp_relation) -%}
{%- endmacro %}
