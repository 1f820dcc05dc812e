using AgentMesh.ActorHost.Responders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AgentMesh.ActorHost.Tests.Responders;

/// <summary>What an operator is told at start.</summary>
public sealed class ResponderOptionsTests
{
    private const string Ollama = "http://127.0.0.1:11434/v1";

    [Theory]
    [InlineData("Production", "echo", null, null, null, null, null)]
    [InlineData("Production", "llama", null, null, null, null, "AgentMesh__Responder__Provider is 'llama'; it is echo, openai or anthropic.")]
    [InlineData("Production", "custom", null, null, null, null, "AgentMesh__Responder__Provider is 'custom'; it is echo, openai or anthropic.")]
    [InlineData("Production", "", null, null, null, null, "AgentMesh__Responder__Provider is ''; it is echo, openai or anthropic.")]
    [InlineData("Development", "openai", null, null, "k", null, "AgentMesh__Responder__Model is missing: provider openai needs the name of a model.")]
    [InlineData("Development", "anthropic", " ", null, "k", null, "AgentMesh__Responder__Model is missing: provider anthropic needs the name of a model.")]
    [InlineData("Development", "openai", "m", null, null, null, "The key of provider openai is missing: set AgentMesh__Responder__ApiKey (Development), or AgentMesh__Responder__ApiKeySecret to")]
    [InlineData("Production", "openai", "m", null, null, null, "The key of provider openai is missing: set AgentMesh__Responder__ApiKeySecret to STORE/NAME")]
    [InlineData("Development", "anthropic", "m", Ollama, null, null, "The key of provider anthropic is missing")]
    [InlineData("Development", "openai", "m", Ollama, null, null, null)]
    [InlineData("Production", "openai", "m", Ollama, null, null, null)]
    [InlineData("Production", "openai", "m", "http://localhost:11434/v1/", null, null, null)]
    [InlineData("Production", "openai", "m", "http://vllm:8000/v1", null, null, "The key of provider openai is missing")]
    [InlineData("Production", "openai", "m", "http://vllm:8000/v1", null, "none", null)]
    [InlineData("Development", "openai", "m", null, "sk-1", null, null)]
    [InlineData("Production", "openai", "m", null, "sk-1", null, "AgentMesh__Responder__ApiKey is for Development only")]
    [InlineData("Staging", "openai", "m", Ollama, "sk-1", null, "AgentMesh__Responder__ApiKey is for Development only")]
    [InlineData("Development", "openai", "m", null, "sk\n1", null, "AgentMesh__Responder__ApiKey is not a key")]
    [InlineData("Development", "openai", "m", null, "sk-1", "vault/openai", "AgentMesh__Responder__ApiKey and AgentMesh__Responder__ApiKeySecret are both set: keep one")]
    [InlineData("Production", "openai", "m", null, null, "vault/openai", null)]
    [InlineData("Production", "anthropic", "m", null, null, "vault/models/anthropic", null)]
    [InlineData("Production", "anthropic", "m", null, null, "vault", "AgentMesh__Responder__ApiKeySecret is not STORE/NAME")]
    [InlineData("Production", "anthropic", "m", null, null, "a/b/c/d", "AgentMesh__Responder__ApiKeySecret is not STORE/NAME")]
    [InlineData("Production", "anthropic", "m", null, null, "/b", "AgentMesh__Responder__ApiKeySecret is not STORE/NAME")]
    [InlineData("Development", "openai", "m", "127.0.0.1:11434", "k", null, "AgentMesh__Responder__Endpoint is not an http or https address")]
    [InlineData("Development", "openai", "m", "ftp://h/v1", "k", null, "AgentMesh__Responder__Endpoint is not an http or https address")]
    [InlineData("Development", "openai", "m", "https://user:pw@h/v1", "k", null, "AgentMesh__Responder__Endpoint is not an http or https address")]
    [InlineData("Development", "openai", "m", "https://h/v1?key=1", "k", null, "AgentMesh__Responder__Endpoint is not an http or https address")]
    public void Start_SaysWhatIsMissing(string environment, string provider, string? model, string? endpoint, string? key, string? secret, string? reason)
    {
        var options = new ResponderOptions { Provider = provider, Model = model, Endpoint = endpoint, ApiKey = key, ApiKeySecret = secret };
        var result = Validate(options, environment);
        Assert.Equal(reason is null, result.Succeeded);
        Assert.StartsWith(reason ?? "", result.FailureMessage ?? "", StringComparison.Ordinal);
        if (key is { Length: > 1 })
            Assert.DoesNotContain(key, result.FailureMessage ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m", "1", "2", null)]
    [InlineData("m", "1", "x", "AgentMesh__Responder__Prices__1__Input and Output are not USD")]
    [InlineData("", "1", "2", "AgentMesh__Responder__Prices__1__Model is missing")]
    [InlineData("first", "1", "2", "AgentMesh__Responder__Prices__1__Model is missing, or names a model for the second time")]
    public void Prices_AreCheckedAtStart(string model, string input, string output, string? reason)
    {
        var options = new ResponderOptions { Provider = "openai", Model = "m", Endpoint = Ollama };
        options.Prices.Add(new ModelPriceOptions { Model = "first", Input = "0", Output = "0" });
        options.Prices.Add(new ModelPriceOptions { Model = model, Input = input, Output = output });
        Assert.StartsWith(reason ?? "", Validate(options, "Development").FailureMessage ?? "", StringComparison.Ordinal);
        Assert.Equal(reason is null, Validate(options, "Development").Succeeded);
    }

    [Theory]
    [InlineData("Provider", "openai", false)]
    [InlineData("RequestTimeoutSeconds", "0", false)]
    [InlineData("RequestTimeoutSeconds", "1", true)]
    [InlineData("MaxReplyCharacters", "1000001", false)]
    [InlineData("BreakerMinimumCalls", "1", false)]
    public async Task App_StartsOnlyWithSettingsThatAreWhole(string name, string value, bool starts)
    {
        // The reason goes to the standard error, in one line; see above for it.
        var starting = HostUnderTest.StartAsync(($"AgentMesh:Responder:{name}", value));
        if (starts)
            await (await starting).DisposeAsync();
        else
            await Assert.ThrowsAsync<InvalidOperationException>(() => starting);
    }

    [Fact]
    public async Task Settings_AreReadFromTheirSection_TheNameOfAModelMayHaveAColon()
    {
        await using var host = await HostUnderTest.StartAsync(
            ("AgentMesh:Responder:Provider", "openai"),
            ("AgentMesh:Responder:Endpoint", Ollama),
            ("AgentMesh:Responder:Model", "llama3.2:1b"),
            ("AgentMesh:Responder:Prices:0:Model", "llama3.2:1b"),
            ("AgentMesh:Responder:Prices:0:Input", "0.15"),
            ("AgentMesh:Responder:Prices:0:Output", "0.6"));
        Assert.False(host.Services.GetRequiredService<Responder>().AnswersAtOnce);
        Assert.Equal(75, ModelPrice.Of(host.Services.GetRequiredService<ResponderOptions>()).CostMicroUsd(100, 100));
    }

    [Theory]
    [InlineData("echo", null, "Messages are answered by the built-in echo; AgentMesh__Responder__Provider names a model's provider")]
    [InlineData("custom", null, "Messages are answered by the app's own chat client")]
    [InlineData("openai", Ollama, "Messages are answered by openai at 127.0.0.1:11434, model m, not priced, so its cost counts as 0")]
    [InlineData("anthropic", null, "Messages are answered by anthropic at api.anthropic.com, model priced-model, priced")]
    [InlineData(
        "openai", "http://vllm:8000/v1",
        "Messages are answered by openai at vllm:8000, model m, not priced, so its cost counts as 0",
        "The model's key and every message go to vllm:8000 without TLS")]
    public async Task Start_SaysWhoAnswers(string provider, string? endpoint, params string[] expected)
    {
        var options = new ResponderOptions { Provider = provider, Endpoint = endpoint, Model = provider == "anthropic" ? "priced-model" : "m", ApiKey = "sk-1" };
        options.Prices.Add(new ModelPriceOptions { Model = "priced-model", Input = "1", Output = "5" });
        var lines = new Lines();
        await new ResponderStart(options, lines).StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(expected, lines);
    }

    private static ValidateOptionsResult Validate(ResponderOptions options, string environment) =>
        new ResponderOptionsValidator(new HostingEnvironment { EnvironmentName = environment }).Validate(null, options);

    private sealed class Lines : List<string>, ILogger<ResponderStart>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add(formatter(state, exception));
    }
}
