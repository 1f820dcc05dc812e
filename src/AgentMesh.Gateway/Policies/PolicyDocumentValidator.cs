using System.Text;
using System.Text.Json;
using AgentMesh.Contracts.Agents;
using AgentMesh.Gateway.OpenApi;
using FluentValidation;

namespace AgentMesh.Gateway.Policies;

/// <summary>What of a policy is known without reading it: one that is too long is not sent on.</summary>
internal sealed class PolicyDocumentValidator : AbstractValidator<JsonDocument>
{
    /// <summary>Longest document, bytes of UTF-8.</summary>
    public const int DocumentBytes = 16 * 1024;

    /// <summary>For the OpenAPI document.</summary>
    public static void Describe(BodyMembers body)
    {
        var schema = Schema.AnyObject(DocumentBytes);
        schema["description"] = "A document of /schemas/spending-policy/v1.json.";
        body.Is(schema);
    }

    public PolicyDocumentValidator() => RuleFor(document => document.RootElement)
        .Must(root => Encoding.UTF8.GetByteCount(root.GetRawText()) <= DocumentBytes)
        .OverridePropertyName("")
        .WithErrorCode(PolicyRefusals.InvalidPolicy)
        .WithMessage($"The policy is longer than {DocumentBytes} bytes.");
}
