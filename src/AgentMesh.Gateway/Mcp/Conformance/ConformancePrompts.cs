using AgentMesh.Gateway.Mcp.Prompts;
using AgentMesh.Gateway.Mcp.Questions;
using AgentMesh.Primitives;
using ModelContextProtocol.Protocol;

namespace AgentMesh.Gateway.Mcp.Conformance;

/// <summary>The prompts of the suite: each kind of contents, and one that asks.</summary>
internal static class ConformancePrompts
{
    /// <summary>All of them.</summary>
    public static IEnumerable<ConformancePrompt> All() =>
    [
        new("test_simple_prompt", "A text.", [], _ => Of(Text("This is a simple prompt for testing."))),
        new("test_prompt_with_arguments", "A text with its arguments.", ["arg1", "arg2"],
            call => Of(Text($"Prompt with arguments: arg1='{call.Arguments["arg1"]}', arg2='{call.Arguments["arg2"]}'"))),
        new("test_prompt_with_embedded_resource", "A resource and a text.", ["resourceUri"],
            call => Of(Embedded(call.Arguments["resourceUri"]), Text("Please process the embedded resource above."))),
        new("test_prompt_with_image", "An image and a text.", [],
            _ => Of(ImageContentBlock.FromBytes(ConformanceAgent.Png, ConformanceAgent.PngType), Text("Please analyze the image above."))),
        new("test_input_required_result_prompt", "Asks for its context.", [], AskContext),
    ];

    private static Result<GetPromptResult> AskContext(PromptCall call) => call.Answers.Text("user_context", "context") is { } context
        ? Of(Text($"The context is: {context}"))
        : new McpQuestion("user_context", Ask.ForText("What context should the prompt use?", "context"));

    private static GetPromptResult Of(params ContentBlock[] contents) =>
        new() { Messages = [.. contents.Select(content => new PromptMessage { Role = Role.User, Content = content })] };

    private static TextContentBlock Text(string text) => new() { Text = text };

    private static EmbeddedResourceBlock Embedded(string uri) =>
        new() { Resource = new TextResourceContents { Uri = uri, MimeType = "text/plain", Text = "Embedded resource content for testing." } };
}
