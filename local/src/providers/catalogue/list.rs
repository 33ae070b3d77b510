//! Every provider with its models.

use super::super::ngrams;
use super::{Authentication, Dimension, LOCAL, Model, Parameter, Provider};

const OPENAI_MODELS: [&str; 3] = [
    "text-embedding-3-large",
    "text-embedding-3-small",
    "text-embedding-ada-002",
];

pub(crate) static PROVIDERS: &[Provider] = &[
    Provider {
        parameters: &[
            Parameter::text(
                "organizationId",
                "The ID of the OpenAI organization the usage counts for.",
            )
            .shown("Organization ID")
            .hint("Add an (optional) organization ID"),
            Parameter::text(
                "projectId",
                "The ID of the OpenAI project the usage counts for.",
            )
            .shown("Project ID")
            .hint("Add an (optional) project ID"),
        ],
        models: &[
            Model::new(OPENAI_MODELS[0], Dimension::Between(256, 3072, Some(3072))),
            Model::new(OPENAI_MODELS[1], Dimension::Between(2, 1536, Some(1536))),
            Model::new(OPENAI_MODELS[2], Dimension::Fixed(1536)),
        ],
        batch: 2048,
        ..Provider::new("openai", "OpenAI", "https://api.openai.com/v1/")
    },
    Provider {
        parameters: &[
            Parameter::text("resourceName", "The name of the Azure OpenAI resource.")
                .required()
                .shown("Resource name"),
            Parameter::text("deploymentId", "The name of the deployment of the model.")
                .required()
                .shown("Deployment ID"),
        ],
        models: &[
            Model::new(OPENAI_MODELS[0], Dimension::Between(256, 3072, Some(1536))),
            Model::new(OPENAI_MODELS[1], Dimension::Between(2, 1536, Some(1536))),
            Model::new(OPENAI_MODELS[2], Dimension::Fixed(1536)),
        ],
        batch: 2048,
        authentication: Authentication::Key("api-key"),
        ..Provider::new(
            "azureOpenAI",
            "Azure OpenAI",
            "https://{resourceName}.openai.azure.com/openai/deployments/{deploymentId}/embeddings?api-version=2024-02-01",
        )
    },
    Provider {
        url: None,
        parameters: &[Parameter::text("region", "The AWS region the model is in.").required()],
        models: &[
            Model::new("amazon.titan-embed-text-v1", Dimension::Fixed(1536)),
            Model::new(
                "amazon.titan-embed-text-v2:0",
                Dimension::OneOf(&[256, 512, 1024], 1024),
            ),
        ],
        batch: 1,
        authentication: Authentication::AccessKeys,
        ..Provider::new("bedrock", "Amazon Bedrock", "")
    },
    Provider {
        models: &[
            Model::new("BAAI/bge-base-en-v1.5", Dimension::Fixed(768)),
            Model::new("BAAI/bge-large-en-v1.5", Dimension::Fixed(1024)),
            Model::new("BAAI/bge-small-en-v1.5", Dimension::Fixed(384)),
            Model::new("intfloat/multilingual-e5-large", Dimension::Fixed(1024)),
            Model::new(
                "intfloat/multilingual-e5-large-instruct",
                Dimension::Fixed(1024),
            ),
            Model::new(
                "sentence-transformers/all-MiniLM-L6-v2",
                Dimension::Fixed(384),
            ),
        ],
        ..Provider::new(
            "huggingface",
            "Hugging Face - Serverless",
            "https://router.huggingface.co/hf-inference/models/{modelId}/pipeline/feature-extraction",
        )
    },
    Provider {
        parameters: &[
            Parameter::text("endpointName", "The name of the dedicated endpoint.")
                .required()
                .shown("Endpoint name")
                .hint("The first part of the endpoint's URL"),
            Parameter::text("regionName", "The region the endpoint is deployed in.")
                .required()
                .shown("Region name")
                .hint("For example us-east-1"),
            Parameter::text(
                "cloudName",
                "The cloud provider the endpoint is deployed with.",
            )
            .required()
            .shown("Cloud provider where the dedicated endpoint is deployed")
            .hint("For example aws"),
        ],
        models: &[Model::new(
            "endpoint-defined-model",
            Dimension::Between(2, 3072, None),
        )],
        has_one_model: true,
        ..Provider::new(
            "huggingfaceDedicated",
            "Hugging Face - Dedicated",
            "https://{endpointName}.{regionName}.{cloudName}.endpoints.huggingface.cloud/embeddings",
        )
    },
    Provider {
        models: &[
            Model::new("jina-embeddings-v2-base-code", Dimension::Fixed(768)),
            Model::new("jina-embeddings-v2-base-de", Dimension::Fixed(768)),
            Model::new("jina-embeddings-v2-base-en", Dimension::Fixed(768)),
            Model::new("jina-embeddings-v2-base-es", Dimension::Fixed(768)),
            Model::new("jina-embeddings-v2-base-zh", Dimension::Fixed(768)),
            Model {
                parameters: &[
                    Parameter {
                        default: Some("text-matching"),
                        ..Parameter::text("task", "What the vectors are for.")
                    },
                    Parameter::flag(
                        "late_chunking",
                        "false",
                        "Whether the texts of a call are parts of one.",
                    ),
                ],
                ..Model::new(
                    "jina-embeddings-v3",
                    Dimension::Between(1, 1024, Some(1024)),
                )
            },
        ],
        ..Provider::new("jinaAI", "Jina AI", "https://api.jina.ai/v1/embeddings")
    },
    Provider {
        models: &[Model::new("mistral-embed", Dimension::Fixed(1024))],
        ..Provider::new(
            "mistral",
            "Mistral AI",
            "https://api.mistral.ai/v1/embeddings",
        )
    },
    Provider {
        models: &[Model::new("NV-Embed-QA", Dimension::Fixed(1024))],
        batch: 8,
        authentication: Authentication::None,
        ..Provider::new(
            "nvidia",
            "Nvidia",
            "https://ai.api.nvidia.com/v1/retrieval/nvidia/embeddings",
        )
    },
    Provider {
        models: &[Model::new(
            "solar-embedding-1-large",
            Dimension::Fixed(4096),
        )],
        batch: 1,
        ..Provider::new(
            "upstageAI",
            "Upstage",
            "https://api.upstage.ai/v1/solar/embeddings",
        )
    },
    Provider {
        parameters: &[Parameter::flag(
            "autoTruncate",
            "true",
            "Whether texts that are too long are cut.",
        )],
        models: &[
            Model::new("voyage-2", Dimension::Fixed(1024)),
            Model::new("voyage-code-2", Dimension::Fixed(1536)),
            Model::new("voyage-finance-2", Dimension::Fixed(1024)),
            Model::new("voyage-large-2", Dimension::Fixed(1536)),
            Model::new("voyage-large-2-instruct", Dimension::Fixed(1024)),
            Model::new("voyage-law-2", Dimension::Fixed(1024)),
            Model::new("voyage-multilingual-2", Dimension::Fixed(1024)),
        ],
        ..Provider::new(
            "voyageAI",
            "Voyage AI",
            "https://api.voyageai.com/v1/embeddings",
        )
    },
    Provider {
        url: None,
        models: &[Model::new(
            "hash-ngrams",
            Dimension::Fixed(ngrams::DIMENSION),
        )],
        batch: usize::MAX,
        authentication: Authentication::None,
        ..Provider::new(LOCAL, "Local, near in spelling", "")
    },
];
