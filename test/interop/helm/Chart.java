import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.nio.file.Path;

/**
 * Lints a chart: {@code Chart lint CHART}. Or prints what it consists of with each file of values, behind a line that
 * begins with {@code ####}, or why it is refused: {@code Chart template CHART NAMESPACE VALUES...}.
 */
public class Chart {
  public static void main(String[] args) {
    Helm helm = new Helm(Path.of(args[1]));
    if (args[0].equals("lint")) {
      LintResult result = helm.lint().strict().call();
      result.getMessages().forEach(System.out::println);
      System.exit(result.isFailed() ? 1 : 0);
    }
    for (int i = 3; i < args.length; i++) {
      try {
        String text = helm.template().withName("logs").withNamespace(args[2]).withValuesFile(Path.of(args[i])).call();
        System.out.println("#### made\n" + text);
      } catch (IllegalStateException refused) {
        System.out.println("#### refused\n" + refused.getMessage());
      }
    }
  }
}
