using System.ComponentModel;
using AgentMesh.ActorHost;
using AgentMesh.ActorHost.Tools;
using Microsoft.Extensions.AI;

// The app `agents` with a responder, a tool, and a tool for sale. History, turns, sockets and limits are those of any agent.
return await AgentHost.RunAsync(args, agents => agents
    .UseChatClient(_ => new WeatherClient())
    .AddTool(GetWeather, "get_weather", "Says what the weather is in a city.")
    .AddPaidTool(GetForecast, "forecast", "Forecasts a city's weather of tomorrow.", "0.25"));

// Others pay for it, over x402; who they are, nobody asks.
static string GetForecast([Description("The city's name.")] string city) => $"Tomorrow {city} has weather.";

// The model fills in the city; the mesh fills in for whom it asks.
static string GetWeather([Description("The city's name.")] string city, ToolContext context) => city switch
{
    "Paris" => $"It rains in Paris, {context.Agent.User}.",
    "Rome" => $"The sun shines in Rome, {context.Agent.User}.",
    _ => $"Nobody knows about {city}, {context.Agent.User}.",
};

/// <summary>A model of two rules: it asks the tool about the weather, and shouts back everything else.</summary>
internal sealed class WeatherClient : IChatClient
{
    private const string Question = "weather in ";

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        new[] { Answer(messages.Last()) }.ToAsyncEnumerable();

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }

    private static ChatResponseUpdate Answer(ChatMessage last)
    {
        if (last.Contents.OfType<FunctionResultContent>().FirstOrDefault() is { } weather)
            return new ChatResponseUpdate(ChatRole.Assistant, $"{weather.Result}");
        if (!last.Text.StartsWith(Question, StringComparison.Ordinal))
            return new ChatResponseUpdate(ChatRole.Assistant, last.Text.ToUpperInvariant());
        var arguments = new Dictionary<string, object?> { ["city"] = last.Text[Question.Length..] };
        return new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("1", "get_weather", arguments)]);
    }
}
