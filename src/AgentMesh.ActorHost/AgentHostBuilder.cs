using AgentMesh.ActorHost.Responders;
using AgentMesh.ActorHost.Tools;
using Microsoft.Extensions.AI;

namespace AgentMesh.ActorHost;

/// <summary>What a developer's own agents have beside what all agents have.</summary>
public sealed class AgentHostBuilder
{
    internal AgentHostBuilder(IServiceCollection services) => Services = services;

    /// <summary>The app's services, for what a responder or a tool needs.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Messages are answered by this client, whatever <c>AgentMesh__Responder__Provider</c> says. Only its streaming method is called, for many turns
    /// at a time; the clocks, limits, retries and tools of a model are its too. It is offered the tools in <see cref="ChatOptions.Tools"/>, asks for one
    /// with a <see cref="FunctionCallContent"/>, and is called again with the result.
    /// </summary>
    /// <param name="create">Makes the client, once; it is disposed with the app.</param>
    public AgentHostBuilder UseChatClient(Func<IServiceProvider, IChatClient> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Services.AddSingleton(provider => new OwnChatClient(() => create(provider)));
        Services.PostConfigure<ResponderOptions>(options =>
        {
            options.Provider = ResponderProviders.Custom;
            options.Model ??= ResponderProviders.Custom;
        });
        return this;
    }

    /// <summary>Models may call this function. <see cref="ToolContext.Of"/> says for whom it is called.</summary>
    /// <param name="tool">Its name is 1-64 characters of <c>a-z A-Z 0-9 _ -</c>, and no other tool's.</param>
    /// <exception cref="ArgumentException">It has another name.</exception>
    public AgentHostBuilder AddTool(AIFunction tool) => Add(new AgentTool(tool));

    /// <summary>
    /// Models may call this method. Its parameters are the arguments, described by <see cref="System.ComponentModel.DescriptionAttribute"/>, except one of
    /// type <see cref="ToolContext"/>, which says for whom it is called, <see cref="CancellationToken"/> and <see cref="IServiceProvider"/>. What it
    /// returns the model reads as text or JSON, 16 KiB of it. Of an exception the model learns only that the tool failed.
    /// </summary>
    /// <param name="method">Called for many turns at a time.</param>
    /// <param name="name">1-64 characters of <c>a-z A-Z 0-9 _ -</c>, and no other tool's.</param>
    /// <param name="description">What it does and when to call it, for the model.</param>
    /// <exception cref="ArgumentException">It has another name.</exception>
    public AgentHostBuilder AddTool(Delegate method, string name, string description) => Add(AgentTool.Of(method, name, description));

    /// <summary>
    /// Others may call this method for a price, over HTTP (<c>POST /agent/{userId}/premium/{name}</c>) and x402: it is called once a payment, after the
    /// payment is verified, and what it returns is what was paid for. The agent's own model does not call it.
    /// </summary>
    /// <param name="method">As with <see cref="AddTool(Delegate, string, string)"/>.</param>
    /// <param name="name">1-64 characters of <c>a-z A-Z 0-9 _ -</c>, and no other tool's.</param>
    /// <param name="description">What it does, for those who pay.</param>
    /// <param name="priceUsd">In US dollars, such as <c>0.10</c>; at most six decimals.</param>
    /// <exception cref="ArgumentException">It has another name, or no price.</exception>
    public AgentHostBuilder AddPaidTool(Delegate method, string name, string description, string priceUsd)
    {
        ArgumentNullException.ThrowIfNull(priceUsd);
        return Add(AgentTool.Of(method, name, description, priceUsd));
    }

    private AgentHostBuilder Add(AgentTool tool)
    {
        Services.AddSingleton(tool);
        return this;
    }
}
