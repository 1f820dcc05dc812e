using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace AgentMesh.ActorHost.Responders;

/// <summary>
/// What a call of a model may take, before it is made. It errs high: English has four bytes to a token and most other text no fewer than three, what
/// surrounds messages and tools on their way is counted amply, and a reply is taken to be as long as it may be. What it still misses is counted as
/// overrun when the provider's own count is there.
/// </summary>
/// <param name="InputTokens">Tokens that the model will read.</param>
/// <param name="WantedMicroUsd">For them and the longest reply, USD micro-units.</param>
/// <param name="LeastMicroUsd">For them and the shortest reply that is worth a call.</param>
internal readonly record struct CallEstimate(long InputTokens, long WantedMicroUsd, long LeastMicroUsd)
{
    /// <summary>Tokens of the shortest reply that a call is made for.</summary>
    internal const int LeastOutputTokens = 64;

    private const int BytesPerToken = 3;

    /// <summary>Around a message: its role, its borders, the name and id of a tool's call. OpenAI says 3 and 1 for a name.</summary>
    private const int TokensPerMessage = 16;

    /// <summary>Around a tool's name, description and schema.</summary>
    private const int TokensPerTool = 32;

    /// <summary>What a provider tells its model about tools as such; Anthropic's list of prices says up to 530.</summary>
    private const int TokensForTools = 600;

    /// <summary>Estimates a call.</summary>
    internal static CallEstimate Of(IReadOnlyList<ChatMessage> messages, ChatOptions options, ModelPrice price)
    {
        var input = TokensOf(messages) + messages.Count * TokensPerMessage + TokensOf(options.Tools);
        var output = options.MaxOutputTokens!.Value;
        return new CallEstimate(input, price.CostMicroUsd(input, output), price.CostMicroUsd(input, Math.Min(output, LeastOutputTokens)));
    }

    /// <summary>Tokens of texts, without what surrounds them.</summary>
    internal static long TokensOf(IReadOnlyList<ChatMessage> messages) => TokensOf(messages.SelectMany(message => message.Contents).Sum(BytesOf));

    /// <summary>Tokens of so many bytes of UTF-8.</summary>
    internal static long TokensOf(long bytes) => (bytes + BytesPerToken - 1) / BytesPerToken;

    /// <summary>Bytes of a part of a message.</summary>
    internal static long BytesOf(AIContent content) => content switch
    {
        TextContent text => Encoding.UTF8.GetByteCount(text.Text),
        FunctionCallContent { Arguments: { } arguments } => JsonSerializer.SerializeToUtf8Bytes(arguments, AIJsonUtilities.DefaultOptions).Length,
        FunctionResultContent { Result: string result } => Encoding.UTF8.GetByteCount(result),
        _ => 0,
    };

    private static long TokensOf(IList<AITool>? tools) => tools is not { Count: > 0 } ? 0 : TokensForTools + tools.Sum(tool =>
        TokensPerTool + TokensOf(Encoding.UTF8.GetByteCount(tool.Name) + Encoding.UTF8.GetByteCount(tool.Description) + SchemaBytes(tool)));

    private static int SchemaBytes(AITool tool) => tool is AIFunctionDeclaration function ? Encoding.UTF8.GetByteCount(function.JsonSchema.GetRawText()) : 0;
}
