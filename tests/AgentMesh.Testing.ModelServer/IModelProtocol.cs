namespace AgentMesh.Testing.ModelServer;

/// <summary>How a provider writes its stream: server-sent events, each as the text between two blank lines.</summary>
internal interface IModelProtocol
{
    /// <summary>Before the first token.</summary>
    IEnumerable<string> Begin(string model, int? inputTokens);

    /// <summary>One token.</summary>
    string Token(string model, string text);

    /// <summary>A call of a tool, whose arguments come in two pieces, with an id that no other call has.</summary>
    IEnumerable<string> Call(string model, int index, ModelToolCall call);

    /// <summary>After the last token.</summary>
    IEnumerable<string> End(string model, string finish, int? inputTokens, int outputTokens);

    /// <summary>A token that is no JSON.</summary>
    string Malformed { get; }

    /// <summary>An error in the stream.</summary>
    string Overloaded();

    /// <summary>The body of an error status.</summary>
    string Error(string word);
}
