{#- `select * from {{ clickhouse_s3source('my_s3') }}`: the s3 table function, its arguments from the config of that name and from
    what is given here. -#}
{% macro clickhouse_s3source(config_name='', bucket='', path='', fmt='', structure='',
    aws_access_key_id='', aws_secret_access_key='', role_arn='', compression='', external_id='') -%}
  {%- if config_name and not config_name.lower().endswith('s3') -%}
    {%- do exceptions.raise_compiler_error("S3 configuration should end with 's3'") -%}
  {%- endif -%}
  {{ adapter.s3source_clause(
    config_name=config_name,
    s3_model_config=config.get(config_name, {}),
    bucket=bucket,
    path=path,
    fmt=fmt,
    structure=structure,
    aws_access_key_id=aws_access_key_id,
    aws_secret_access_key=aws_secret_access_key,
    role_arn=role_arn,
    compression=compression,
    external_id=external_id
  ) }}
{%- endmacro %}


{#- The same for a table of Apache Iceberg that lies in S3: the table function icebergS3. `path` is the table's folder. -#}
{% macro clickhouse_iceberg_source(config_name='', bucket='', path='', aws_access_key_id='', aws_secret_access_key='', role_arn='', external_id='') -%}
  {%- set files = clickhouse_s3source(
    config_name, bucket=bucket, path=path, fmt='Parquet', aws_access_key_id=aws_access_key_id,
    aws_secret_access_key=aws_secret_access_key, role_arn=role_arn, external_id=external_id
  ) | trim -%}
  icebergS3{{ files[2:] }}
{%- endmacro %}
