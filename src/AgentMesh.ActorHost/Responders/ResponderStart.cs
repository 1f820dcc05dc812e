namespace AgentMesh.ActorHost.Responders;

/// <summary>Says at start which model answers.</summary>
internal sealed partial class ResponderStart(ResponderOptions options, ILogger<ResponderStart> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Provider == ResponderProviders.Echo)
        {
            LogEcho(logger);
            return Task.CompletedTask;
        }

        if (options.Provider == ResponderProviders.Custom)
        {
            LogOwn(logger);
            return Task.CompletedTask;
        }

        var endpoint = ResponderProviders.Endpoint(options).Authority;
        var priced = ModelPrice.Of(options) == default ? "not priced, so its cost counts as 0" : "priced";
        LogModel(logger, options.Provider, endpoint, options.Model!, priced);
        if (ResponderProviders.Endpoint(options) is { IsLoopback: false, Scheme: "http" } && options.ApiKeySecret != ModelKey.NoKey)
            LogPlain(logger, endpoint);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Messages are answered by the built-in echo; AgentMesh__Responder__Provider names a model's provider")]
    private static partial void LogEcho(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Messages are answered by the app's own chat client")]
    private static partial void LogOwn(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model's key and every message go to {Endpoint} without TLS")]
    private static partial void LogPlain(ILogger logger, string endpoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "Messages are answered by {Provider} at {Endpoint}, model {Model}, {Priced}")]
    private static partial void LogModel(ILogger logger, string provider, string endpoint, string model, string priced);
}
