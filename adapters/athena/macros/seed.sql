{#- Seeds. Their rows are put into S3 as CSV, read by a table of texts and cast from there; `seed_by_insert` sends them as INSERTs. -#}

{% macro athena__create_csv_table(model, agate_table) -%}
  {%- if config.get('seed_by_insert', False) | as_bool -%}
    {%- do return(create_csv_table_insert(model, agate_table)) -%}
  {%- endif -%}
  {%- do return(create_csv_table_upload(model, agate_table)) -%}
{%- endmacro %}

{#- Uploaded rows are in by then. -#}
{% macro athena__load_csv_rows(model, agate_table) -%}
  {%- if config.get('seed_by_insert', False) | as_bool -%}
    {{ default__load_csv_rows(model, agate_table) }}
  {%- else -%}
    select 1
  {%- endif -%}
{%- endmacro %}

{#- Athena cannot empty a table. -#}
{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {%- do drop_relation(old_relation) -%}
  {%- do return(create_csv_table(model, agate_table)) -%}
{%- endmacro %}


{% macro create_csv_table_insert(model, agate_table) -%}
  {%- set relation = api.Relation.create(identifier=model['alias'], schema=model.schema, database=model.database, type='table') -%}
  {%- set location = adapter.generate_s3_location(
    relation,
    config.get('s3_data_dir', target.s3_data_dir),
    config.get('s3_data_naming', target.s3_data_naming),
    config.get('s3_tmp_table_dir', default=target.s3_tmp_table_dir),
    config.get('external_location')
  ) -%}
  {%- set given_types = config.get('column_types', {}) -%}
  {%- set definitions = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = given_types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- set type = 'varchar' if type == 'string' else type -%}
    {%- set column = adapter.quote_seed_column(name | string, config.get('quote_columns'), '`') -%}
    {%- do definitions.append(column ~ ' ' ~ ddl_data_type(type)) -%}
  {%- endfor -%}
  {%- set ddl %}
    create external table {{ relation.render_hive() }} ({{ definitions | join(', ') }})
    location '{{ location }}'
  {% endset -%}
  {%- call statement('_') -%}
    {{ ddl }}
  {%- endcall -%}
  {%- do athena__apply_lake_formation(relation) -%}
  {%- do return(sql) -%}
{%- endmacro %}


{% macro create_csv_table_upload(model, agate_table) -%}
  {%- set relation = api.Relation.create(identifier=model['alias'], schema=model.schema, database=model.database, type='table') -%}
  {%- set tmp_relation = api.Relation.create(identifier=model['alias'] ~ '__dbt_tmp', schema=model.schema, database=model.database, type='table') -%}
  {%- do drop_relation(tmp_relation) -%}
  {#- Never the seed's own `external_location`: what lies there is cleared before the rows are read. -#}
  {%- set tmp_location = adapter.generate_s3_location(
    tmp_relation,
    config.get('s3_data_dir', default=target.s3_data_dir),
    config.get('s3_data_naming', target.s3_data_naming)
  ) -%}

  {%- set quoting = config.get('quote_columns', none) -%}
  {%- set given_types = config.get('column_types', {}) -%}
  {%- set texts = [] -%}
  {%- set expressions = [] -%}
  {%- for name in agate_table.column_names -%}
    {%- set type = given_types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
    {%- set type = 'varchar' if type == 'string' else type -%}
    {%- set column = adapter.quote_seed_column(name | string, quoting) -%}
    {%- do texts.append(adapter.quote_seed_column(name | string, quoting, '`') ~ ' string') -%}
    {%- if type == 'timestamp' -%}
      {%- do expressions.append(try_cast_timestamp(column)) -%}
    {%- else -%}
      {%- do expressions.append('cast(nullif(' ~ column ~ ", '') as " ~ type ~ ') as ' ~ column) -%}
    {%- endif -%}
  {%- endfor -%}

  {%- call statement('_') %}
    create external table {{ tmp_relation.render_hive() }} ({{ texts | join(', ') }})
    row format serde 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
    location '{{ tmp_location }}'
    tblproperties (
      'skip.header.line.count'='1'
    )
  {% endcall -%}
  {#- After the table is there: by it the next run finds what this one may leave. -#}
  {%- do adapter.upload_seed_to_s3(
    tmp_relation,
    agate_table,
    external_location=tmp_location,
    seed_s3_upload_args=config.get('seed_s3_upload_args', default=target.seed_s3_upload_args)
  ) -%}
  {%- set rows %}
    select
        {{ expressions | join(',\n        ') }}
    from
        {{ tmp_relation }}
  {% endset -%}
  {%- set ddl = create_table_as(false, relation, rows) -%}
  {%- call statement('_') -%}
    {{ ddl }}
  {%- endcall -%}
  {%- do drop_relation(tmp_relation) -%}
  {%- do adapter.delete_from_s3(tmp_location) -%}
  {%- do athena__apply_lake_formation(relation) -%}
  {%- do return(ddl) -%}
{%- endmacro %}


{#- A time as CSV files write it: the first form that fits. -#}
{% macro try_cast_timestamp(col) -%}
  {%- set dates = ['%Y-%m-%d', '%Y/%m/%d', '%d %M %Y', '%d/%m/%Y', '%d-%m-%Y'] -%}
  {%- set forms = [] -%}
  {%- for date in dates -%}
    {%- do forms.append(date ~ ' %H:%i:%s') -%}
  {%- endfor -%}
  {%- for date in dates[:4] -%}
    {%- do forms.append(date ~ ' %H:%i:%s.%f') -%}
  {%- endfor -%}
  {%- do forms.extend(['%Y-%m-%dT%H:%i:%s.%fZ', '%Y-%m-%dT%H:%i:%sZ', '%Y-%m-%dT%H:%i:%s']) -%}
  {%- set tries = [] -%}
  {%- for form in forms -%}
    {%- do tries.append('try(date_parse(' ~ col ~ ", '" ~ form ~ "'))") -%}
  {%- endfor -%}
    coalesce({{ tries | join(', ') }}) as {{ col }}
{%- endmacro %}
