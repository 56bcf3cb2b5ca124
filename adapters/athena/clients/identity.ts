export { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
export { fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
