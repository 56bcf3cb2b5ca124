{#- CREATE TABLE AS, and views. -#}

{#- `hive` or `iceberg`: what the node says, else what its catalog's tables are. -#}
{% macro resolve_table_type() -%}
  {%- set catalog = adapter.build_catalog_relation(config.model) -%}
  {%- set by_catalog = catalog.table_format if catalog is not none else none -%}
  {%- do return((config.get('table_type', default=none) or by_catalog or 'hive') | lower) -%}
{%- endmacro %}


{% macro create_table_as(temporary, relation, compiled_code, language='sql', skip_partitioning=false) -%}
  {{ adapter.dispatch('create_table_as', 'athena')(temporary, relation, compiled_code, language, skip_partitioning) }}
{%- endmacro %}

{% macro athena__create_table_as(temporary, relation, compiled_code, language='sql', skip_partitioning=false) -%}
  {%- if language != 'sql' -%}
    {%- do exceptions.raise_compiler_error('Models in ' ~ language ~ ' are not there for Athena: write the model in SQL.') -%}
  {%- endif -%}
  {%- set table_type = resolve_table_type() -%}
  {%- set is_iceberg = table_type == 'iceberg' -%}
  {%- set catalog = adapter.build_catalog_relation(config.model) -%}
  {%- set manages_storage = catalog is not none and catalog.catalog_type == 's3_tables' -%}
  {%- set format = config.get('format', default=none) or (catalog.file_format if catalog is not none) or 'parquet' -%}
  {%- set external_location = config.get('external_location', default=none) -%}
  {%- set data_naming = config.get('s3_data_naming', default=target.s3_data_naming) -%}
  {%- set partitioned_by = none if skip_partitioning else config.get('partitioned_by', default=none) -%}

  {%- if not manages_storage -%}
    {%- set data_dir = config.get('s3_data_dir', default=none) or (catalog.external_volume if catalog is not none) or target.s3_data_dir -%}
    {%- set tmp_table_dir = config.get('s3_tmp_table_dir', default=target.s3_tmp_table_dir) -%}
    {%- set is_placed_by_work_group = adapter.is_work_group_output_location_enforced() -%}
    {%- set location = adapter.generate_s3_location(relation, data_dir, data_naming, tmp_table_dir, external_location, temporary) -%}
  {%- endif -%}

  {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(compiled_code) }}
  {%- endif -%}
  {%- if is_iceberg and not manages_storage and config.get('materialized', default='table') == 'table'
         and ('unique' not in data_naming or external_location is not none) -%}
    {%- do exceptions.raise_compiler_error('You need to have an unique table location when creating Iceberg table since we use the RENAME feature\nto have near-zero downtime.') -%}
  {%- endif -%}
  {%- if not manages_storage and not (is_iceberg and config.get('native_drop', default=false)) -%}
    {%- do adapter.delete_from_s3(location) -%}
  {%- endif -%}

  {%- set properties = ["table_type='" ~ table_type ~ "'", 'is_external=' ~ ('false' if is_iceberg else 'true')] -%}
  {%- if not manages_storage and (is_iceberg or not is_placed_by_work_group) -%}
    {%- do properties.append(('location' if is_iceberg else 'external_location') ~ "='" ~ location ~ "'") -%}
  {%- endif -%}
  {%- if partitioned_by is not none -%}
    {%- do properties.append(('partitioning' if is_iceberg else 'partitioned_by') ~ '=' ~ athena__array_of_texts(partitioned_by)) -%}
  {%- endif -%}
  {%- if is_iceberg and (config.get('bucketed_by') is not none or config.get('bucket_count') is not none) -%}
    {%- do log('bucketed_by and bucket_count mean nothing for Iceberg tables: partition by bucket(column, count) instead.') -%}
  {%- elif config.get('bucketed_by') is not none -%}
    {%- do properties.append('bucketed_by=' ~ athena__array_of_texts(config.get('bucketed_by'))) -%}
  {%- endif -%}
  {%- if not is_iceberg and config.get('bucket_count') is not none -%}
    {%- do properties.append('bucket_count=' ~ config.get('bucket_count')) -%}
  {%- endif -%}
  {%- for name in ['field_delimiter', 'write_compression'] if config.get(name) is not none -%}
    {%- do properties.append(name ~ "='" ~ config.get(name) ~ "'") -%}
  {%- endfor -%}
  {%- do properties.append("format='" ~ format ~ "'") -%}
  {%- for name, value in (config.get('table_properties', default=none) or {}).items() -%}
    {%- do properties.append(name ~ '=' ~ value) -%}
  {%- endfor %}
    create table {{ relation }}
    with (
      {{ properties | join(',\n      ') }}
    )
    as
      {{ compiled_code }}
{%- endmacro %}

{% macro athena__array_of_texts(names) -%}
  ARRAY{{ names | tojson | replace('\"', '\'') }}
{%- endmacro %}


{#- One statement writes a hundred partitions at most: with more, the rows are put into a table without any first, and go from
    there in batches. -#}
{% macro create_table_as_with_partitions(temporary, relation, compiled_code, language='sql') -%}
  {%- set staging_relation = athena__staging_of_batches(relation) -%}
  {%- do drop_relation(staging_relation) -%}
  {%- do run_query(create_table_as(temporary, staging_relation, compiled_code, language, true)) -%}

  {%- set columns = adapter.get_columns_in_relation(staging_relation) | map(attribute='quoted') | join(', ') -%}
  {%- set batches = get_partition_batches(sql=staging_relation, as_subquery=False) -%}
  {%- for batch in batches -%}
    {%- do log('Batch ' ~ loop.index ~ ' of ' ~ batches | length) -%}
    {%- set rows -%}
                select {{ columns }}
                from {{ staging_relation }}
                where {{ batch }}
    {%- endset -%}
    {%- if loop.first -%}
      {%- do run_query(create_table_as(temporary, relation, rows, language)) -%}
    {%- else -%}
      {%- do run_query('insert into ' ~ relation ~ ' (' ~ columns ~ ') ' ~ rows) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if not batches -%}
    {#- No row, no batch: the table is there all the same. -#}
    {%- do run_query(create_table_as(temporary, relation, 'select ' ~ columns ~ ' from ' ~ staging_relation, language)) -%}
  {%- endif -%}
  {%- do drop_relation(staging_relation) -%}

  select 'SUCCESSFULLY CREATED TABLE {{ relation }}'
{%- endmacro %}


{% macro athena__staging_of_batches(relation) -%}
  {%- set name = relation.identifier ~ '__tmp_not_partitioned' -%}
  {%- do return(api.Relation.create(
    identifier=name, schema=relation.schema, database=relation.database, s3_path_table_part=name, type='table'
  )) -%}
{%- endmacro %}

{#- The next build may be of another name. -#}
{% macro athena__drop_unfinished_batches(relations) -%}
  {%- for relation in relations -%}
    {%- do athena__drop_if_known(athena__staging_of_batches(relation)) -%}
  {%- endfor -%}
{%- endmacro %}


{#- Makes a table with however many partitions; answers what is shown of it. -#}
{% macro safe_create_table_as(temporary, relation, compiled_code, language='sql', force_batch=False) -%}
  {%- if force_batch -%}
    {%- do create_table_as_with_partitions(temporary, relation, compiled_code, language) -%}
    {%- do return('') -%}
  {%- endif -%}
  {%- if temporary -%}
    {%- do run_query(create_table_as(temporary, relation, compiled_code, language, true)) -%}
    {%- do return(relation ~ ' as temporary relation without partitioning created') -%}
  {%- endif -%}
  {%- set result = adapter.run_query_with_partitions_limit_catching(create_table_as(temporary, relation, compiled_code, language)) -%}
  {%- if result == 'TOO_MANY_OPEN_PARTITIONS' -%}
    {%- do create_table_as_with_partitions(temporary, relation, compiled_code, language) -%}
    {%- set result = relation ~ ' with many partitions created' -%}
  {%- endif -%}
  {%- do return(result) -%}
{%- endmacro %}


{% macro athena__create_view_as(relation, sql) -%}
  {%- if config.get('contract').enforced -%}
    {{ get_assert_columns_equivalent(sql) }}
  {%- endif %}
  create or replace view
    {{ relation }}
  as
    {{ sql }}
{%- endmacro %}
